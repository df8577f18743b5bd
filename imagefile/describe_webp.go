package imagefile

// describeWebP reads the chunks of a RIFF file beside the picture, and counts frames.
func describeWebP(w *window, d *description) {
	frames := 0
	eachRIFFChunk(w, riffHeaderLen, func(kind string, at, n int64) bool {
		switch kind {
		case "ICCP":
			d.color.setProfile(w.take(at, n, maxProfile))
		case "EXIF":
			d.setEXIF(w.take(at, n, maxEXIF))
		case "XMP ":
			d.setXMP(w.take(at, n, maxXMP))
		case "ANMF":
			frames++
		}
		return true
	})
	if frames > 1 {
		d.note("first of %d frames", frames)
	}
}
