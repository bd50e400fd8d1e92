"""The systems that are compared: how each is found or built, and how one of its jobs is run."""

import dataclasses
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

SECONDS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
WIDE = [("avx512f", "AVX-512"), ("avx2", "AVX2"), ("avx", "AVX")]
LINE = re.compile(r"(W\d.*?) median ([\d.]+) (\S+) min ([\d.]+) (\S+)")


class Missing(Exception):
    """A system cannot be run, or not for this job; the message says why."""


@dataclasses.dataclass
class System:
    """Runs jobs: `command W1 --repeats 9` prints `W1 median 0.431 ms min 0.408 ms`."""

    key: str
    title: str
    jobs: str
    command: list[str] = dataclasses.field(default_factory=list)
    version: str = ""

    def prepare(self, options):
        """Finds or builds the program. Raises `Missing`."""
        raise NotImplementedError

    def arguments(self, job):
        elements = [text for number in job.elements for text in ["--elements", str(number)]]
        return [job.work, "--repeats", str(job.repeats), *elements]

    def run(self, job):
        """The median time in seconds of each line that the job prints, by its label."""
        lines = LINE.findall(output_of(self.start(job)))
        return {label: float(median) * SECONDS[unit] for label, median, unit, _, _ in lines}

    def start(self, job):
        return subprocess.Popen(
            [*self.command, *self.arguments(job)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | threads_environment(job.threads),
            preexec_fn=lambda: pin(job.threads),
        )

    def peak_memory(self, job):
        """The most resident memory in bytes that the program had while doing the job.

        It is read again and again while the program runs. What the parent's wait would report
        counts the parent's own memory as well, which is more than a small program has.
        """
        status = pathlib.Path("/proc/self/status")
        if not status.exists():
            raise Missing("peak memory is read from /proc, which only Linux has")
        child, peak = self.start(job), 0
        status = pathlib.Path(f"/proc/{child.pid}/status")
        while child.poll() is None:
            found = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
            if found:
                peak = 1024 * int(found[1])
            time.sleep(0.001)
        output_of(child)
        return peak


def output_of(child):
    output, errors = child.communicate()
    if child.returncode != 0:
        lines = errors.strip().splitlines() or [f"exit status {child.returncode}"]
        raise Missing(lines[-1])
    return output


def threads_environment(threads):
    """What tells each system how many threads it may use."""
    names = ["OMP", "OPENBLAS", "MKL", "RAYON", "MATMUL"]
    several = "true" if threads > 1 else "false"
    return {f"{name}_NUM_THREADS": str(threads) for name in names} | {
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={several}"
        f" intra_op_parallelism_threads={threads}",
    }


def pin(threads):
    """Keeps a program on so many cores, the last ones: the first serves most interrupts."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def build(program, manifest, *flags):
    """Builds with cargo, and says where the program is."""
    if not shutil.which("cargo"):
        raise Missing("there is no cargo")
    command = ["cargo", "build", "--release", "--locked", "--manifest-path", str(manifest), *flags]
    done = subprocess.run(
        [*command, "--message-format", "json-render-diagnostics"], stdout=subprocess.PIPE, text=True
    )
    for artifact in map(json.loads, done.stdout.splitlines()):
        if artifact.get("executable") and artifact["target"]["name"] == program:
            return artifact["executable"]
    raise Missing(f"{' '.join(command)} did not build {program}")


def said(command):
    """What a command prints, or nothing where it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


class Ours(System):
    def prepare(self, options):
        self.command = [build("jobs", ROOT / "Cargo.toml", "--bin", "jobs")]
        commit = said(["git", "-C", str(ROOT), "describe", "--always", "--dirty"])
        self.version = ", ".join(filter(None, [commit, said(["rustc", "--version"])]))

    def arguments(self, job):
        threads = ["--threads", str(job.threads)] if job.threads > 1 else []
        return [*super().arguments(job), *threads]


@dataclasses.dataclass
class Yardstick(System):
    """The C program."""

    def prepare(self, options):
        compiler = shutil.which("gcc")
        if not compiler:
            raise Missing("there is no gcc")
        program = HERE / "build" / "yardstick"
        program.parent.mkdir(exist_ok=True)
        flags = ["-O3", "-march=native", "-ffast-math"]
        source = HERE / "yardstick.c"
        if subprocess.run([compiler, *flags, source, "-o", program, "-lmvec", "-lm"]).returncode:
            raise Missing("gcc could not compile it")
        self.command = [str(program)]
        self.version = f"gcc {said([compiler, '-dumpfullversion'])} {' '.join(flags)}"


@dataclasses.dataclass
class Python(System):
    """A file of the folder `python`."""

    script: str = ""
    flags: tuple[str, ...] = ()

    def prepare(self, options):
        self.command = [options.python, str(HERE / "python" / self.script), *self.flags]
        found = subprocess.run([*self.command, "--version"], capture_output=True, text=True)
        if found.returncode != 0:
            raise Missing(found.stderr.strip().splitlines()[-1])
        self.version = found.stdout.split()[-1]


@dataclasses.dataclass
class Rust(System):
    """A package of the workspace `rust`, named after the crate that it measures."""

    crate: str = ""

    def prepare(self, options):
        # All at once, so that which systems are chosen changes nothing in what is compiled.
        manifest = HERE / "rust" / "Cargo.toml"
        self.command = [build(f"peer-{self.key}", manifest, "--workspace", "--keep-going")]
        lock = tomllib.loads((HERE / "rust" / "Cargo.lock").read_text())
        versions = [found["version"] for found in lock["package"] if found["name"] == self.crate]
        self.version = versions[0]


OURS = Ours("nn", "nn", "W1 W2 W3 W4 W5 W6")

PEERS = [
    Yardstick("c", "C loop", "W1 W2 W5 W6"),
    Python("pytorch", "PyTorch", "W1 W2 W3 W4 W5 W6", script="pytorch.py"),
    Python(
        "pytorch-fused",
        "PyTorch, fused Adam",
        "W1 W2 W3 W4",
        script="pytorch.py",
        flags=("--fused",),
    ),
    Python("jax", "JAX", "W1 W2 W3 W4 W5 W6", script="jax_.py"),
    Python("numpy", "NumPy", "W1 W2 W3 W4 W5 W6", script="numpy_.py"),
    Python("sklearn", "scikit-learn", "W1 W2 W3 W4 W6", script="sklearn_.py"),
    Rust("candle", "candle", "W1 W2 W3 W4 W5 W6", crate="candle-core"),
    Rust("burn", "burn", "W1 W2 W3 W4 W5 W6", crate="burn"),
    Rust("dfdx", "dfdx", "W1 W2 W3 W4 W6", crate="dfdx"),
    Rust("rust-mlp", "rust-mlp", "W1 W2 W3 W4 W6", crate="rust-mlp"),
]


def machine():
    """The processor, its cores, the memory and the operating system, in one line."""

    def found(file, pattern):
        try:
            return re.search(pattern, pathlib.Path(file).read_text(), re.MULTILINE)[1]
        except (OSError, TypeError):
            return ""

    def processor(field):
        return found("/proc/cpuinfo", rf"^{field}\s*: (.*)$")

    parts = [processor("model name") or platform.processor() or platform.machine()]
    if processor("cpu family"):
        parts.append(f"family {processor('cpu family')} model {processor('model')}")
    flags = processor("flags").split()
    parts += [name for flag, name in WIDE if flag in flags][:1]
    parts.append(f"{os.cpu_count()} cores")
    if memory := found("/proc/meminfo", r"^MemTotal:\s+(\d+) kB"):
        parts.append(f"{round(int(memory) / 2**20)} GB")
    return ", ".join([*parts, f"{platform.system()} {platform.machine()}"])


def default_python():
    """That of the virtual environment beside this file, or the one that runs this."""
    beside = HERE / ".venv" / "bin" / "python"
    return str(beside if beside.exists() else sys.executable)
