package imagefile

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// Plain images compress best, so these come nearest to the bounds.
func TestLeastAcceptsPlainImages(t *testing.T) {
	leaveOutWithRace(t)
	const side = 1500
	square := image.Rect(0, 0, side, side)
	gray := image.NewGray(square)
	indexed := image.NewPaletted(square, color.Palette{color.Black, color.White})
	best := png.Encoder{CompressionLevel: png.BestCompression}
	tests := map[string][]byte{
		"1-bit png": mustEncode(func(w io.Writer) error { return best.Encode(w, indexed) }),
		"gray png":  mustEncode(func(w io.Writer) error { return best.Encode(w, gray) }),
		"rgba png":  mustEncode(func(w io.Writer) error { return best.Encode(w, image.NewNRGBA(square)) }),
		"gray jpeg": mustEncode(func(w io.Writer) error { return jpeg.Encode(w, gray, nil) }),
		"color jpeg": mustEncode(func(w io.Writer) error {
			return jpeg.Encode(w, image.NewYCbCr(square, image.YCbCrSubsampleRatio420), nil)
		}),
		"gif":           mustEncode(func(w io.Writer) error { return gif.Encode(w, indexed, nil) }),
		"bmp":           mustEncode(func(w io.Writer) error { return bmp.Encode(w, gray) }),
		"narrow bmp":    mustEncode(func(w io.Writer) error { return bmp.Encode(w, image.NewNRGBA(image.Rect(0, 0, 1, side))) }),
		"plain tiff":    mustEncode(func(w io.Writer) error { return tiff.Encode(w, gray, nil) }),
		"deflated tiff": mustEncode(func(w io.Writer) error { return tiff.Encode(w, gray, &tiff.Options{Compression: tiff.Deflate}) }),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := decodeBytes(t, data, DecodeOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLeastRefusesClaims(t *testing.T) {
	tests := map[string][]byte{
		"png":             claimPNG(40000, 40000),
		"sequential jpeg": claimJPEG(0xc0, 40000, 40000),
		"progressive":     claimJPEG(0xc2, 40000, 40000),
		"gif":             claimGIF(40000, 40000),
		"bmp":             claimBMP(40000, 40000),
		"plain tiff":      claimTIFF(1, 40000, 40000, 40000),
		"lzw tiff":        claimTIFF(5, 40000, 40000, 40000),
		"deflated tiff":   claimTIFF(8, 40000, 40000, 40000),
		"packbits tiff":   claimTIFF(32773, 40000, 40000, 40000),
		"fax tiff":        claimTIFF(4, 40000, 40000, 40000),
		"tiff of strips":  claimTIFF(5, 40000, 40000, 1),
		"webp canvas":     claimWebP(40000, 40000),
		"webp frame":      claimWebPFrame(16000, 16000),
		"pnm":             []byte("P6 40000 40000 255 abc"),
		"pnm text":        []byte("P2 40000 40000 255 1 2 3"),
		"pbm text":        []byte("P1 40000 40000 0101010"),
		"qoi":             append(binary.BigEndian.AppendUint64([]byte("qoif"), 40000<<32|40000), 3, 0, 0, 0, 0, 0),
		"bmp of runs":     claimBMPRuns(40000, 40000),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := decodeBytes(t, data, DecodeOptions{})
			if !errors.Is(err, ErrTruncated) {
				t.Fatalf("got %v, want %v", err, ErrTruncated)
			}
			// The decoders too would find out, but allocate before.
			if s := err.Error(); !strings.Contains(s, "it declares") && !strings.Contains(s, "WebP canvas") && !strings.Contains(s, "on a screen of") {
				t.Errorf("got %q, which is from the decoder", s)
			}
		})
	}
}

// Without compression or with a length in the file the bounds are exact.
func TestLeastIsExact(t *testing.T) {
	narrow := mustEncode(func(w io.Writer) error { return bmp.Encode(w, photo(3, 7)) })
	least, err := leastBMP(bytes.NewReader(narrow), int64(len(narrow)), image.Config{Width: 3, Height: 7})
	if err != nil || least != int64(len(narrow)) {
		t.Errorf("bmp: got %d, %v, want %d", least, err, len(narrow))
	}
	ppm := encodePPM(photo(3, 7))
	least, err = leastPNM(bytes.NewReader(ppm), int64(len(ppm)), image.Config{})
	if err != nil || least != 3*3*7 {
		t.Errorf("pnm: got %d, %v, want %d", least, err, 3*3*7)
	}
	for _, s := range []string{losslessWebP, lossyWebP} {
		b := mustBase64(s)
		least, err := leastWebP(bytes.NewReader(b), int64(len(b)), image.Config{Width: 1, Height: 1})
		if err != nil || least != int64(len(b)) {
			t.Errorf("webp: got %d, %v, want %d", least, err, len(b))
		}
	}
}

// A small frame on a large screen is no false claim.
func TestLeastGIFLooksAtFrame(t *testing.T) {
	b := claimGIF(40000, 40000)
	r := bytes.NewReader(b)
	least, err := leastGIF(r, int64(len(b)), image.Config{})
	if err != nil || least < 100_000 {
		t.Errorf("frame of the screen's size: got %d, %v, want a large bound", least, err)
	}
	frame := bytes.LastIndexByte(b, 0x2c)
	binary.LittleEndian.PutUint16(b[frame+5:], 1)
	binary.LittleEndian.PutUint16(b[frame+7:], 1)
	least, err = leastGIF(r, int64(len(b)), image.Config{})
	if err != nil || least != 0 {
		t.Errorf("frame of one pixel: got %d, %v, want 0", least, err)
	}
}

func claimPNG(width, height uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	ihdr = binary.BigEndian.AppendUint32(ihdr, height)
	ihdr = append(ihdr, 8, 6, 0, 0, 0)
	b := append([]byte(pngSignature), 0, 0, 0, 13)
	b = append(b, ihdr...)
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(ihdr))
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(make([]byte, 1000))
	w.Close()
	b = binary.BigEndian.AppendUint32(b, uint32(z.Len()))
	return append(append(b, "IDAT"...), z.Bytes()...)
}

func claimJPEG(sof byte, width, height uint16) []byte {
	b := []byte{0xff, 0xd8, 0xff, sof, 0, 11, 8}
	b = binary.BigEndian.AppendUint16(b, height)
	b = binary.BigEndian.AppendUint16(b, width)
	b = append(b, 1, 1, 0x11, 0)
	return append(b, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3)
}

func claimGIF(width, height uint16) []byte {
	b := []byte("GIF89a")
	size := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, width), height)
	b = append(b, size...)
	b = append(b, 0x80, 0, 0, 0, 0, 0, 255, 255, 255)
	b = append(b, 0x21, 0xfe, 3, 'h', 'i', 0x2c, 0) // a comment
	b = append(b, 0x2c, 0, 0, 0, 0)
	b = append(b, size...)
	return append(b, 0, 2, 2, 0x4c, 0x01, 0, 0x3b)
}

func claimBMP(width, height uint32) []byte {
	b := mustEncode(func(w io.Writer) error { return bmp.Encode(w, photo(5, 5)) })
	binary.LittleEndian.PutUint32(b[18:], width)
	binary.LittleEndian.PutUint32(b[22:], height)
	return b
}

// claimBMPRuns makes a BMP that ends where its first row should begin.
func claimBMPRuns(width, height uint32) []byte {
	b := append([]byte("BM"), make([]byte, 52)...)
	b[14], b[26], b[28], b[30] = 40, 1, 8, 1
	binary.LittleEndian.PutUint32(b[10:], 54+4*256)
	binary.LittleEndian.PutUint32(b[18:], width)
	binary.LittleEndian.PutUint32(b[22:], height)
	return append(append(b, make([]byte, 4*256)...), 0, 1)
}

// claimTIFF makes a 1-bit image of strips that are not there.
func claimTIFF(compression, width, height, rowsPerStrip uint32) []byte {
	return tiffFile(binary.LittleEndian, [][2]uint32{
		{256, width}, {257, height}, {258, 1}, {259, compression}, {262, 1},
		{273, 8}, {278, rowsPerStrip}, {279, 4},
	})
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// tiffFile makes the header of a TIFF with these tags and values.
func tiffFile(order byteOrder, tags [][2]uint32) []byte {
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, uint16(len(tags)))
	for _, tag := range tags {
		b = order.AppendUint16(b, uint16(tag[0]))
		b = order.AppendUint16(b, 4)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint32(b, tag[1])
	}
	return append(b, 0, 0, 0, 0)
}

func claimWebP(width, height uint32) []byte {
	b := []byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00")
	for _, n := range []uint32{width - 1, height - 1} {
		b = append(b, byte(n), byte(n>>8), byte(n>>16))
	}
	return b
}

// claimWebPFrame makes an animation with a frame of one pixel.
func claimWebPFrame(width, height uint32) []byte {
	b := claimWebP(width, height)
	b[20] = webpAnimation
	b = append(b, "ANMF\x10\x00\x00\x00"...)
	return append(b, make([]byte, 16)...)
}

// A screen with next to nothing on it may be as large as a picture is, but no
// larger.
func TestLeastGIFScreen(t *testing.T) {
	for side, want := range map[uint16]error{4000: nil, 4200: ErrTruncated, 65535: ErrTruncated} {
		b := []byte("GIF89a")
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, side), side)
		b = append(b, 0x80, 0, 0, 0, 0, 0, 255, 255, 255)
		b = append(b, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 0x01, 0, 0x3b)
		_, err := leastGIF(bytes.NewReader(b), int64(len(b)), image.Config{Width: int(side), Height: int(side)})
		if !errors.Is(err, want) {
			t.Errorf("%d x %d: got %v, want %v", side, side, err, want)
		}
	}
}
