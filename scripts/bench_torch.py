"""Times brute-force k-means passes in PyTorch on the points of BenchmarkPass.

One pass is cdist and argmin, then index_add_ of weight * point. The result is
compared with exact integer arithmetic, for a comparison of speed only counts if
the work is the same.
"""

import statistics
import sys

import numpy
import torch


def read(path):
    """Returns points (n, 4), weights (n,) and centroids (k, 4)."""
    with open(path, "rb") as f:
        n, k = numpy.fromfile(f, "<u4", 2)
        points = numpy.fromfile(f, "<u2", 4 * n).reshape(n, 4)
        weights = numpy.fromfile(f, "<u4", n)
        return points, weights, numpy.fromfile(f, "<u2", 4 * k).reshape(k, 4)


def one_pass(points, weighted, centroids):
    index = torch.cdist(points, centroids).argmin(dim=1)
    sums = torch.zeros(len(centroids), weighted.shape[1], dtype=torch.float64, device=points.device)
    return sums.index_add_(0, index, weighted)


def milliseconds(run, device, repeats=20):
    run()
    times = []
    for _ in range(repeats):
        if device == "cuda":
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            run()
            end.record()
            torch.cuda.synchronize()
            times.append(start.elapsed_time(end))
        else:
            import time

            begin = time.perf_counter()
            run()
            times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def main():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    points, weights, centroids = read(sys.argv[1])
    p = torch.tensor(points.astype("float32"), device=device)
    c = torch.tensor(centroids.astype("float32"), device=device)
    ones = numpy.ones((len(points), 1))
    weighted = torch.tensor(weights[:, None] * numpy.hstack([points, ones]), device=device)
    ms = milliseconds(lambda: one_pass(p, weighted, c), device)
    total = one_pass(p, weighted, c)[:, 4].sum().item()
    assert total == weights.sum(dtype="u8"), f"got a weight of {total}, want {weights.sum(dtype='u8')}"
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    print(f"PyTorch {torch.__version__} on {name}: a pass over {len(points)} points, k={len(centroids)}: {ms:.3f} ms")


if __name__ == "__main__":
    main()
