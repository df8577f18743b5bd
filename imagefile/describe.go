package imagefile

import "fmt"

// A description is what a file says beside its pixels. Functions named describe
// fill it. What is damaged in it is skipped: the picture may still be whole.
type description struct {
	Metadata
	color       colorInfo
	orientation int  // of EXIF, 1 to 8; 0 if the file says nothing
	transposed  bool // the decoder has made columns of the rows
	adobeRGB    bool // EXIF marks it as such
	notes       []string
	texts       int   // bytes of Text
	inflated    int64 // bytes inflated so far
}

// Limits on what is kept beside the pixels.
const (
	maxEXIF     = 1 << 20
	maxXMP      = 4 << 20
	maxOneText  = 256 << 10
	maxAllTexts = 1 << 20
	maxTexts    = 1000
	maxInflated = 32 << 20 // of everything deflated
)

func describe(s *source, f *format, size int64) (d description, err error) {
	err = s.attempt(f, func() error {
		f.describe(&window{r: s, size: size}, &d)
		return nil
	})
	if d.adobeRGB && d.color.Profile == nil {
		d.note("EXIF says Adobe RGB but there is no profile: taken as sRGB")
	}
	return d, err
}

// describeNothing is for formats that have nothing but pixels.
func describeNothing(*window, *description) {}

func (d *description) note(format string, a ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, a...))
}

// addText keeps a text unless there are too many.
func (d *description) addText(key, value string) {
	if key == "" || value == "" || len(d.Text) >= maxTexts || d.texts+len(value) > maxAllTexts {
		return
	}
	d.texts += len(value)
	d.Text = append(d.Text, Text{Key: key, Value: value})
}

// setXMP keeps the first packet.
func (d *description) setXMP(packet []byte) {
	if d.XMP == nil && len(packet) > 0 && len(packet) <= maxXMP {
		d.XMP = packet
	}
}

// fromLatin1 decodes ISO 8859-1, in which PNG and JPEG have text.
func fromLatin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, v := range b {
		runes[i] = rune(v)
	}
	return string(runes)
}
