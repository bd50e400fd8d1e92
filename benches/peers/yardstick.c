// The jobs as plain C loops: what the machine gives to a program written for one network alone.
//
// A structure of arrays: each feature, each hidden unit and each logit is an array over the samples,
// so every inner loop runs down contiguous memory and is vectorised by the compiler, whose expf comes
// from libmvec. Widths are constants, samples are worked in blocks that stay in the first cache.
//
//     gcc -O3 -march=native -ffast-math yardstick.c -lmvec -lm

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16, BLOCK = 160, CLASSES = 3, HIDDEN = 64, SAMPLES = 1008 };

// ---- Time and chance ----

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

enum { MOST_REPEATS = 1000 };
static double seconds[MOST_REPEATS];
static int repeats = 9;

static int ascending(const void *a, const void *b) {
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static void report(const char *label) {
    qsort(seconds, repeats, sizeof *seconds, ascending);
    double median = 1e3 * seconds[repeats / 2], least = 1e3 * seconds[0];
    int decimals = median < 1e-3 ? 9 : 6;
    printf("%s median %.*f ms min %.*f ms\n", label, decimals, median, decimals, least);
}

// From 0 to 1.
static float uniform(void) { return (float)rand() / RAND_MAX; }

static float normal(void) {
    float sum = -6;
    for (int i = 0; i < 12; i++) sum += uniform();
    return sum;
}

static float *values(size_t count, float least, float most) {
    float *values = aligned_alloc(64, (count * sizeof *values + 63) / 64 * 64);
    for (size_t i = 0; i < count; i++) values[i] = least + (most - least) * uniform();
    return values;
}

// ---- W1 and W2 ----

// Samples are padded to whole vectors; the padding has no weight.
static struct {
    int count;
    float x[SAMPLES], y[SAMPLES], target[CLASSES][SAMPLES], weight[SAMPLES];
} data;

static void add_sample(float x, float y, int label) {
    int i = data.count++;
    data.x[i] = x;
    data.y[i] = y;
    data.target[label][i] = 1;
}

static void finish_samples(void) {
    for (int i = 0; i < data.count; i++) data.weight[i] = 1.0f / data.count;
    data.count = (data.count + LANES - 1) / LANES * LANES;
}

static void circle(void) {
    memset(&data, 0, sizeof data);
    for (int i = 0; i < 1000; i++) {
        float x = 3 * uniform() - 1.5f, y = 3 * uniform() - 1.5f;
        add_sample(x, y, x * x + y * y < 1);
    }
    finish_samples();
}

static void spiral(void) {
    memset(&data, 0, sizeof data);
    for (int arm = 0; arm < 3; arm++) {
        for (int i = 0; i < 100; i++) {
            float radius = i / 99.0f, angle = 2.5f * (4 * (arm + radius) + 0.2f * normal());
            add_sample(radius * sinf(angle), radius * cosf(angle), arm);
        }
    }
    finish_samples();
}

// Parameters, gradients and moments alike: for each hidden unit two weights and a bias, then for each
// class its weights, then its bias.
enum { MOST = (3 * HIDDEN + CLASSES * HIDDEN + CLASSES + LANES - 1) / LANES * LANES };
static float p[MOST], g[MOST], m[MOST], v[MOST];
static float hidden_values[HIDDEN][BLOCK], logits[CLASSES][BLOCK];

// Adds the gradients of a block of samples from `start` on; returns its part of the loss.
INLINE float block(int start, int n, int hidden, int classes, int group) {
    const int w_y = hidden, b = 2 * hidden, w_out = 3 * hidden, b_out = w_out + classes * hidden;
    const float *x = data.x + start, *y = data.y + start, *weight = data.weight + start;

    // Several hidden units at once, so that the logits are seldom loaded and stored.
    for (int c = 0; c < classes; c++) {
        for (int i = 0; i < n; i++) logits[c][i] = p[b_out + c];
    }
    for (int first = 0; first < hidden; first += group) {
        for (int i = 0; i < n; i++) {
            float sum[CLASSES];
            for (int c = 0; c < classes; c++) sum[c] = logits[c][i];
#pragma GCC unroll 16
            for (int h = first; h < first + group; h++) {
                float a = fmaxf(p[b + h] + p[h] * x[i] + p[w_y + h] * y[i], 0);
                hidden_values[h][i] = a;
                for (int c = 0; c < classes; c++) sum[c] += p[w_out + c * hidden + h] * a;
            }
            for (int c = 0; c < classes; c++) logits[c][i] = sum[c];
        }
    }

    // The logits become their gradients.
    float loss = 0, d_b[CLASSES] = {0};
    for (int i = 0; i < n; i++) {
        float most = logits[0][i], sum = 0, at_label = 0, e[CLASSES];
        for (int c = 1; c < classes; c++) most = fmaxf(most, logits[c][i]);
        for (int c = 0; c < classes; c++) {
            at_label += data.target[c][start + i] * (logits[c][i] - most);
            e[c] = expf(logits[c][i] - most);
            sum += e[c];
        }
        loss += weight[i] * (logf(sum) - at_label);
        float scale = 1 / sum;
        for (int c = 0; c < classes; c++) {
            float d = weight[i] * (e[c] * scale - data.target[c][start + i]);
            logits[c][i] = d;
            d_b[c] += d;
        }
    }
    for (int c = 0; c < classes; c++) g[b_out + c] += d_b[c];

    for (int h = 0; h < hidden; h++) {
        float d_x = 0, d_y = 0, d_1 = 0, d_out[CLASSES] = {0};
        for (int i = 0; i < n; i++) {
            float a = hidden_values[h][i], d = 0;
            for (int c = 0; c < classes; c++) {
                d_out[c] += a * logits[c][i];
                d += p[w_out + c * hidden + h] * logits[c][i];
            }
            d = a > 0 ? d : 0;
            d_x += d * x[i];
            d_y += d * y[i];
            d_1 += d;
        }
        g[h] += d_x;
        g[w_y + h] += d_y;
        g[b + h] += d_1;
        for (int c = 0; c < classes; c++) g[w_out + c * hidden + h] += d_out[c];
    }
    return loss;
}

// Seconds of all epochs from new weights on.
INLINE double train(int hidden, int classes, int group, float rate, int epochs, const char *job) {
    const int count = (3 * hidden + classes * hidden + classes + LANES - 1) / LANES * LANES;
    memset(p, 0, sizeof p);
    memset(m, 0, sizeof m);
    memset(v, 0, sizeof v);
    for (int i = 0; i < 2 * hidden; i++) p[i] = (2 * uniform() - 1) / sqrtf(2);
    for (int i = 0; i < classes * hidden; i++) p[3 * hidden + i] = (2 * uniform() - 1) / sqrtf(hidden);

    float loss = 0;
    double begin = now();
    for (int epoch = 1; epoch <= epochs; epoch++) {
        memset(g, 0, sizeof g);
        loss = 0;
        int row = 0;
        for (; row + BLOCK <= data.count; row += BLOCK) loss += block(row, BLOCK, hidden, classes, group);
        int rest = (data.count - row) / LANES * LANES;
        if (rest > 0) loss += block(row, rest, hidden, classes, group);

        float first = rate / (1 - powf(0.9f, epoch)), second = 1 / sqrtf(1 - powf(0.999f, epoch));
        for (int i = 0; i < count; i++) {
            m[i] = 0.9f * m[i] + 0.1f * g[i];
            v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
            p[i] -= first * m[i] / (sqrtf(v[i]) * second + 1e-8f);
        }
    }
    double elapsed = now() - begin;
    if (!(loss < (classes == 2 ? 0.6f : 0.9f))) {
        fprintf(stderr, "%s ended at a loss of %g, which is no training\n", job, loss);
        exit(1);
    }
    return elapsed;
}

static double circle_job(void) { return train(10, 2, 10, 0.01f, 100, "W1"); }

static double spiral_job(void) { return train(64, 3, 8, 0.05f, 1000, "W2"); }

// ---- W6 ----

// Weights with the outputs contiguous, so that a vector of outputs stays in registers.
INLINE void dense(const float *restrict w, const float *restrict b, const float *restrict x,
                  float *restrict y, int inputs, int outputs, int relu) {
    for (int first = 0; first < outputs; first += 64) {
        const int some = outputs - first < 64 ? outputs - first : 64;
        float sum[64];
        for (int o = 0; o < some; o++) sum[o] = b[first + o];
        for (int i = 0; i < inputs; i++) {
            for (int o = 0; o < some; o++) sum[o] += w[i * outputs + first + o] * x[i];
        }
        for (int o = 0; o < some; o++) y[first + o] = relu ? fmaxf(sum[o], 0) : sum[o];
    }
}

static float *wide[3], *small[2], *biases, *sample;
static float output[16];

static void predict_small(void) {
    float a[10];
    dense(small[0], biases, sample, a, 2, 10, 1);
    dense(small[1], biases, a, output, 10, 2, 0);
}

static void predict_wide(void) {
    float a[128], b[64];
    dense(wide[0], biases, sample, a, 784, 128, 1);
    dense(wide[1], biases, a, b, 128, 64, 1);
    dense(wide[2], biases, b, output, 64, 10, 0);
}

// ---- W5 ----

static int size;
static float *x_values, *y_values, *dy_values, *dx_values;

// y from x.
#define FORWARD(name, expression)                                  \
    static void name(void) {                                       \
        const float *restrict xs = x_values;                       \
        float *restrict ys = y_values;                             \
        for (int i = 0; i < size; i++) {                           \
            float x = xs[i];                                       \
            ys[i] = expression;                                    \
        }                                                          \
    }

// ∂x from ∂y and one value more, x or y.
#define BACKWARD(name, value, expression)                          \
    static void name(void) {                                       \
        const float *restrict values = value##_values;             \
        const float *restrict dys = dy_values;                     \
        float *restrict dxs = dx_values;                           \
        for (int i = 0; i < size; i++) {                           \
            float value = values[i], dy = dys[i];                  \
            dxs[i] = expression;                                   \
        }                                                          \
    }

INLINE float sigmoid(float x) { return 1 / (1 + expf(-x)); }

// The normal distribution and its density.
INLINE float phi(float x) { return 0.5f * (1 + erff(x * 0.70710678f)); }
INLINE float density(float x) { return 0.39894228f * expf(-0.5f * x * x); }

FORWARD(relu, fmaxf(x, 0))
BACKWARD(relu_backward, y, y > 0 ? dy : 0)
FORWARD(leaky_relu, fmaxf(x, 0.01f * x))
BACKWARD(leaky_relu_backward, x, x > 0 ? dy : 0.01f * dy)
FORWARD(sigmoid_forward, sigmoid(x))
BACKWARD(sigmoid_backward, y, dy * y * (1 - y))
FORWARD(silu, x * sigmoid(x))
BACKWARD(silu_backward, x, dy * sigmoid(x) * (1 + x * (1 - sigmoid(x))))
FORWARD(tanh_forward, tanhf(x))
BACKWARD(tanh_backward, y, dy * (1 - y * y))
FORWARD(gelu, x * phi(x))
BACKWARD(gelu_backward, x, dy * (phi(x) + x * density(x)))

// Rows of ten as ten arrays, worked in blocks of rows.
enum { ROWS = 256 };

static void softmax_10(void) {
    const int rows = size / 10;
    for (int start = 0; start < rows; start += ROWS) {
        const int n = rows - start < ROWS ? rows - start : ROWS;
        const float *restrict x = x_values + start;
        float *restrict y = y_values + start;
        float most[ROWS], sum[ROWS];
        for (int i = 0; i < n; i++) most[i] = x[i], sum[i] = 0;
        for (int c = 1; c < 10; c++) {
            for (int i = 0; i < n; i++) most[i] = fmaxf(most[i], x[c * rows + i]);
        }
        for (int c = 0; c < 10; c++) {
            for (int i = 0; i < n; i++) sum[i] += y[c * rows + i] = expf(x[c * rows + i] - most[i]);
        }
        for (int i = 0; i < n; i++) sum[i] = 1 / sum[i];
        for (int c = 0; c < 10; c++) {
            for (int i = 0; i < n; i++) y[c * rows + i] *= sum[i];
        }
    }
}

static void softmax_10_backward(void) {
    const int rows = size / 10;
    for (int start = 0; start < rows; start += ROWS) {
        const int n = rows - start < ROWS ? rows - start : ROWS;
        const float *restrict y = y_values + start, *restrict dy = dy_values + start;
        float *restrict dx = dx_values + start;
        float mean[ROWS];
        memset(mean, 0, sizeof mean);
        for (int c = 0; c < 10; c++) {
            for (int i = 0; i < n; i++) mean[i] += y[c * rows + i] * dy[c * rows + i];
        }
        for (int c = 0; c < 10; c++) {
            for (int i = 0; i < n; i++) {
                dx[c * rows + i] = y[c * rows + i] * (dy[c * rows + i] - mean[i]);
            }
        }
    }
}

// Rows of a thousand, each contiguous.
static void softmax_1000(void) {
    for (int start = 0; start < size; start += 1000) {
        const float *restrict x = x_values + start;
        float *restrict y = y_values + start;
        float most = x[0], sum = 0;
        for (int i = 1; i < 1000; i++) most = fmaxf(most, x[i]);
        for (int i = 0; i < 1000; i++) sum += y[i] = expf(x[i] - most);
        sum = 1 / sum;
        for (int i = 0; i < 1000; i++) y[i] *= sum;
    }
}

static void softmax_1000_backward(void) {
    for (int start = 0; start < size; start += 1000) {
        const float *restrict y = y_values + start, *restrict dy = dy_values + start;
        float *restrict dx = dx_values + start;
        float mean = 0;
        for (int i = 0; i < 1000; i++) mean += y[i] * dy[i];
        for (int i = 0; i < 1000; i++) dx[i] = y[i] * (dy[i] - mean);
    }
}

static const struct {
    const char *name;
    void (*forward)(void), (*backward)(void);
} ACTIVATIONS[] = {
    {"relu", relu, relu_backward},
    {"leaky_relu", leaky_relu, leaky_relu_backward},
    {"sigmoid", sigmoid_forward, sigmoid_backward},
    {"silu", silu, silu_backward},
    {"tanh", tanh_forward, tanh_backward},
    {"gelu", gelu, gelu_backward},
    {"softmax_10", softmax_10, softmax_10_backward},
    {"softmax_1000", softmax_1000, softmax_1000_backward},
};

// ---- The command line ----

// The mean over enough calls to fill 10 ms, as the clock is too coarse for one.
static void time_calls(const char *label, void (*function)(void)) {
    double start = now();
    function();
    int calls = 1 + (int)(0.01 / (now() - start + 1e-7));
    for (int r = 0; r < repeats; r++) {
        start = now();
        for (int i = 0; i < calls; i++) {
            function();
            __asm__ volatile("" ::: "memory");
        }
        seconds[r] = (now() - start) / calls;
    }
    report(label);
}

static void train_jobs(const char *label, double (*job)(void)) {
    job();
    for (int r = 0; r < repeats; r++) seconds[r] = job();
    report(label);
}

static void activation_jobs(int elements) {
    size = elements;
    x_values = values(size, -8, 8);
    y_values = values(size, 0, 0);
    dy_values = values(size, -8, 8);
    dx_values = values(size, 0, 0);
    for (size_t k = 0; k < sizeof ACTIVATIONS / sizeof *ACTIVATIONS; k++) {
        char label[64];
        snprintf(label, sizeof label, "W5 %s %d forward", ACTIVATIONS[k].name, size);
        time_calls(label, ACTIVATIONS[k].forward);
        snprintf(label, sizeof label, "W5 %s %d backward", ACTIVATIONS[k].name, size);
        time_calls(label, ACTIVATIONS[k].backward);
    }
    free(x_values), free(y_values), free(dy_values), free(dx_values);
}

static void prediction_jobs(void) {
    sample = values(784, 0, 1);
    biases = values(128, -0.1f, 0.1f);
    small[0] = values(2 * 10, -1, 1);
    small[1] = values(10 * 2, -1, 1);
    wide[0] = values(784 * 128, -0.1f, 0.1f);
    wide[1] = values(128 * 64, -0.1f, 0.1f);
    wide[2] = values(64 * 10, -0.1f, 0.1f);
    time_calls("W6 2-10-2", predict_small);
    time_calls("W6 784-128-64-10", predict_wide);
}

static int number(const char *text) {
    int number = text ? atoi(text) : 0;
    if (number < 1) {
        fprintf(stderr, "--repeats and --elements take a number above 0\n");
        exit(2);
    }
    return number;
}

int main(int count, char **arguments) {
    int sizes[8], size_count = 0;
    for (int i = 1; i < count; i++) {
        if (!strcmp(arguments[i], "--repeats")) {
            repeats = number(arguments[++i]);
            if (repeats > MOST_REPEATS) repeats = MOST_REPEATS;
        } else if (!strcmp(arguments[i], "--elements") && size_count < 8) {
            sizes[size_count++] = number(arguments[++i]);
        }
    }
    if (size_count == 0) {
        sizes[size_count++] = 10000;
        sizes[size_count++] = 1000000;
    }
    for (int i = 1; i < count; i++) {
        if (!strcmp(arguments[i], "W1")) {
            circle();
            train_jobs("W1", circle_job);
        } else if (!strcmp(arguments[i], "W2")) {
            spiral();
            train_jobs("W2", spiral_job);
        } else if (!strcmp(arguments[i], "W5")) {
            for (int k = 0; k < size_count; k++) activation_jobs(sizes[k]);
        } else if (!strcmp(arguments[i], "W6")) {
            prediction_jobs();
        } else if (!strncmp(arguments[i], "--", 2)) {
            i++;
        } else {
            fprintf(stderr, "there is no job %s\n", arguments[i]);
            return 2;
        }
    }
    return 0;
}
