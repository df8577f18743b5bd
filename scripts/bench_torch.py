"""Times brute-force k-means passes in PyTorch on the points of BenchmarkPass.

One pass is cdist and argmin, then index_add_ of weight * point. Its clusters are
compared with those that kompress found: a comparison of speed only counts if the
work is the same. float32 distances are not exact, so that a few points go astray.
"""

import statistics
import sys
import time

import numpy
import torch


def read(path):
    """Returns points (n, 4), weights (n,), centroids (k, 4) and sums (k, 5)."""
    with open(path, "rb") as f:
        n, k = (int(v) for v in numpy.fromfile(f, "<u4", 2))
        points = numpy.fromfile(f, "<u2", 4 * n).reshape(n, 4)
        weights = numpy.fromfile(f, "<u4", n)
        centroids = numpy.fromfile(f, "<u2", 4 * k).reshape(k, 4)
        return points, weights, centroids, numpy.fromfile(f, "<u8", 5 * k).reshape(k, 5)


def one_pass(points, weighted, centroids):
    index = torch.cdist(points, centroids).argmin(dim=1)
    sums = torch.zeros(len(centroids), weighted.shape[1], dtype=weighted.dtype, device=points.device)
    return sums.index_add_(0, index, weighted)


def milliseconds(run, device, repeats=20):
    run()
    times = []
    for _ in range(repeats):
        if device == "cuda":
            torch.cuda.synchronize()
        begin = time.perf_counter()
        run()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def main():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    points, weights, centroids, sums = read(sys.argv[1])
    p = torch.tensor(points.astype("float32"), device=device)
    c = torch.tensor(centroids.astype("float32"), device=device)
    ones = numpy.ones((len(points), 1))
    weighted = torch.tensor(weights[:, None] * numpy.hstack([points, ones]), device=device)
    found = one_pass(p, weighted, c).cpu().numpy()[:, 4]
    astray = numpy.abs(found - sums[:, 4]).sum() / 2 / sums[:, 4].sum()
    if astray > 0.001:
        sys.exit(f"PyTorch: got other clusters for {100 * astray:.3f} % of the weight: not the same work")
    ms = milliseconds(lambda: one_pass(p, weighted, c), device)
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    print(f"PyTorch {torch.__version__} on {name}: a pass over {len(points)} points, k={len(centroids)}: "
          f"{ms:.3f} ms; {100 * astray:.4f} % of the weight astray")


if __name__ == "__main__":
    main()
