package imagefile

import (
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
)

// A format is one kind of image file.
type format struct {
	name   string
	title  string   // name as it is written in a sentence
	magics []string // beginnings of such a file; '?' stands for any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error) // of what is not read by bands

	// least returns a number of bytes that every complete file with the
	// size in c has, or an error if none can have it. It must never exceed
	// what a valid file needs; 0 says nothing.
	least func(r io.ReaderAt, size int64, c image.Config) (int64, error)

	// describe reads what there is beside the pixels.
	describe func(w *window, d *description)

	// bands, nil where it is never possible, reads the header and returns how to decode
	// the file by bands, or else why it has to be decoded as a whole, such as "it is
	// interlaced".
	bands func(s *source) (d bandDecoder, whole string, err error)
}

// BMP has no more than two bytes of magic, which ordinary text may have as
// well. The length of the second header, of which there are few, decides.
var bmpMagics = []string{
	"BM????????????\x0c\x00\x00\x00",
	"BM????????????\x10\x00\x00\x00",
	"BM????????????\x28\x00\x00\x00",
	"BM????????????\x34\x00\x00\x00",
	"BM????????????\x38\x00\x00\x00",
	"BM????????????\x40\x00\x00\x00",
	"BM????????????\x6c\x00\x00\x00",
	"BM????????????\x7c\x00\x00\x00",
}

// Classic TIFF, and BigTIFF with offsets of eight bytes.
var tiffMagics = []string{"II*\x00", "MM\x00*", "II+\x00\x08\x00\x00\x00", "MM\x00+\x00\x08\x00\x00"}

// The last two brands are of pictures in any coding, which is mostly HEVC.
var heicMagics = []string{
	"????ftypheic",
	"????ftypheix",
	"????ftypheim",
	"????ftypheis",
	"????ftyphevc",
	"????ftyphevx",
	"????ftypmif1",
	"????ftypmsf1",
}

var formats = []format{
	{"png", "PNG", []string{pngSignature}, png.DecodeConfig, decodePNG, leastPNG, describePNG, bandsPNG},
	{"jpeg", "JPEG", []string{"\xff\xd8\xff"}, jpeg.DecodeConfig, decodeJPEG, leastJPEG, describeJPEG, rowsOfJPEG},
	{"gif", "GIF", []string{"GIF87a", "GIF89a"}, gif.DecodeConfig, gif.Decode, leastGIF, describeGIF, nil},
	{"bmp", "BMP", bmpMagics, bmpConfig, decodeBMP, leastBMP, describeBMP, nil},
	{"tiff", "TIFF", tiffMagics, tiffConfig, decodeTIFF, leastTIFF, describeTIFF, bandsOfTIFF},
	{"webp", "WebP", []string{"RIFF????WEBP"}, webpConfig, decodeWebP, leastWebP, describeWebP, nil},
	{"pnm", "PNM", pnmMagics(), pnmConfig, decodePNM, leastPNM, describeNothing, bandsOfPNM},
	{"heic", "HEIC", heicMagics, heifConfig, decodeHEIF, leastHEIF, describeHEIF, nil},
	{"avif", "AVIF", []string{"????ftypavif", "????ftypavis"}, heifConfig, decodeHEIF, leastHEIF, describeHEIF, nil},
	{"qoi", "QOI", []string{"qoif"}, qoiConfig, decodeQOI, leastQOI, describeNothing, nil},
}

// unread are formats that are known by no more than their names.
var unread = []format{
	{title: "JPEG XL", magics: []string{"\xff\x0a", "\x00\x00\x00\x0cJXL \r\n\x87\n"}},
}

// unreadError says that a file that begins with head is not read, and what it is, if
// that is known.
func unreadError(head []byte) error {
	for _, f := range unread {
		if f.begins(head) {
			return fmt.Errorf("%s is %w", f.title, ErrFormat)
		}
	}
	return ErrFormat
}

// sniffLen is the length of the longest magic.
const sniffLen = 18

// sniff returns the format of a file that begins with head, or nil.
func sniff(head []byte) *format {
	for i := range formats {
		if formats[i].begins(head) {
			return &formats[i]
		}
	}
	return nil
}

// begins says whether a file of the format begins with head.
func (f *format) begins(head []byte) bool {
	return slices.ContainsFunc(f.magics, func(magic string) bool { return matches(head, magic) })
}

func matches(head []byte, magic string) bool {
	if len(head) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != head[i] {
			return false
		}
	}
	return true
}
