"""What has been measured."""

import collections
import statistics

from systems import OURS


class Results:
    """For each line that a job prints and each peer, pairs of seconds: ours, then theirs."""

    def __init__(self):
        self.pairs = collections.defaultdict(lambda: collections.defaultdict(list))
        self.memory = collections.defaultdict(dict)
        self.skipped = []

    def add(self, job, peer, ours, theirs):
        for label in theirs:
            if label in ours:
                name = label.replace(job.work, job.key, 1)
                self.pairs[name][peer.key].append((ours[label], theirs[label]))

    def skip(self, what, reason):
        self.skipped.append(f"{what}: {reason}")
        print(f"skipped {what}: {reason}", flush=True)

    def ratios(self, label, key):
        return [theirs / ours for ours, theirs in self.pairs[label][key]]

    def seconds(self, label, key):
        """The median time of a peer, or of nn in all pairs."""
        by_peer = self.pairs[label]
        if key == OURS.key:
            return statistics.median(ours for pairs in by_peer.values() for ours, _ in pairs)
        return statistics.median(theirs for _, theirs in by_peer[key])

    def labels(self, jobs):
        return [label for job in jobs for label in self.pairs if label.split()[0] == job.key]

    def has(self, label, key):
        return key == OURS.key or bool(self.pairs[label][key])
