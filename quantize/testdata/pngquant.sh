#!/bin/sh
# Writes pngquant.txt: picture, colors, the MSE and Q that pngquant prints, its palette.
# Run here; needs pngquant 2.17 and python3-pil.
for name in kodim05 kodim23 desktop-theme cdwriter; do
	for k in 4 16 64 256; do
		printed=$(pngquant -v --nofs --force --output /tmp/pngquant.png $k ../../testdata/$name.png 2>&1 |
			sed -n 's/.*MSE=\([0-9.]*\) (Q=\([0-9]*\)).*/\1 \2/p')
		python3 -c "
from PIL import Image
m = Image.open('/tmp/pngquant.png')
alpha = m.info.get('transparency', b'').ljust(256, b'\xff')
rgb = m.getpalette('RGB')
n = max(m.getdata()) + 1
print('$name.png $k $printed', ''.join(bytes(rgb[3*i:3*i+3] + [alpha[i]]).hex() for i in range(n)))"
	done
done >pngquant.txt
