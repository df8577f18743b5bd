package imagefile

import "bytes"

// Lost names what of the metadata the format cannot carry: "EXIF", "XMP", "text",
// "resolution". [Encode] leaves that out.
func (o EncodeOptions) Lost() (names []string) {
	m := o.Metadata
	lose := func(name string, lost bool) {
		if lost {
			names = append(names, name)
		}
	}
	switch o.Format {
	case "", "png":
		lose("text", !m.textInPNG())
	case "gif":
		lose("EXIF", len(m.EXIF) > 0)
		lose("XMP", bytes.IndexByte(m.XMP, 0) >= 0)
		lose("resolution", m.Density != Density{})
	case "webp":
		lose("text", len(m.Text) > 0)
	}
	return names
}

// textInPNG says whether PNG can say all texts.
func (m Metadata) textInPNG() bool {
	for _, t := range m.Text {
		if _, ok := keywordOf(t); !ok {
			return false
		}
	}
	return true
}
