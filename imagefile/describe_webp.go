package imagefile

import "encoding/binary"

// describeWebP reads the chunks of a RIFF file beside the picture.
func describeWebP(w *window, d *description) {
	for at := int64(12); ; {
		head := w.peek(at, 8)
		if head == nil {
			return
		}
		kind, n := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		switch kind {
		case "ICCP":
			d.color.setProfile(w.take(at+8, n, maxProfile))
		case "EXIF":
			d.setEXIF(w.take(at+8, n, maxEXIF))
		case "XMP ":
			d.setXMP(w.take(at+8, n, maxXMP))
		}
		at += 8 + n + n&1
	}
}
