#!/usr/bin/env python3
"""scikit-learn's MiniBatchKMeans on every pixel, PNG to PNG: minibatch.py IN OUT K

It is what a notebook does: the defaults, one start, a seed."""
import sys

import numpy
import sklearn
from PIL import Image
from sklearn.cluster import MiniBatchKMeans

if sys.argv[1:] == ["--version"]:
    print("scikit-learn", sklearn.__version__)
    sys.exit()
Image.MAX_IMAGE_PIXELS = None
source, target, k = sys.argv[1], sys.argv[2], int(sys.argv[3])
pixels = numpy.asarray(Image.open(source).convert("RGB"))
points = pixels.reshape(-1, 3) / 255
model = MiniBatchKMeans(k, n_init=1, random_state=0).fit(points)
indices = model.predict(points).astype(numpy.uint8).reshape(pixels.shape[:2])
result = Image.fromarray(indices, "P")
result.putpalette(numpy.rint(255 * model.cluster_centers_).clip(0, 255).astype(numpy.uint8).tobytes())
result.save(target)
