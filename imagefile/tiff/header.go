package tiff

import (
	"errors"
	"fmt"
	"image"
	"math"
	"math/bits"
)

// Tags of the fields that say how pixels are coded.
const (
	tagWidth           = 256
	tagHeight          = 257
	tagBitsPerSample   = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagFillOrder       = 266
	tagStripOffsets    = 273
	tagSamplesPerPixel = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagPlanar          = 284
	tagT4Options       = 292
	tagPredictor       = 317
	tagColorMap        = 320
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagExtraSamples    = 338
	tagSampleFormat    = 339
	tagJPEGTables      = 347
	tagYCbCrSubsample  = 530
)

// Values of Photometric.
const (
	whiteIsZero = 0
	blackIsZero = 1
	rgb         = 2
	palette     = 3
	cmyk        = 5
	yCbCr       = 6
)

// Values of SampleFormat.
const (
	unsigned = 1
	signed   = 2
	floating = 3
)

// Values of ExtraSamples.
const (
	multiplied = 1 // alpha by which colors are multiplied
	straight   = 2 // alpha by which they are not
)

// A Header is what a directory says of its image.
type Header struct {
	Width, Height int

	// Interpolate, if not nil, gives each pixel of JPEG data its own color where some
	// share one. Else they have that.
	Interpolate func(*image.YCbCr) *image.YCbCr

	dir         *Directory
	size        int64 // of the file
	bits        int   // of a sample
	samples     int   // of a pixel
	format      uint64
	photometric uint64
	compression uint64
	predictor   uint64
	fillOrder   uint64
	alpha       uint64 // multiplied, straight or 0
	planes      int    // 1, or as many as there are samples
	chunkWidth  int    // of a strip or tile, the last of which may go beyond the edge
	chunkHeight int
	split       int // strips or tiles that each of the file is taken for; see cut
	offsets     []uint64
	counts      []uint64
	subX, subY  int // pixels that share a color, of YCbCr
}

// ErrShort says that a file is too short for the image that it declares.
var ErrShort = errors.New("too short")

// maxChunks bounds the strips and tiles: their table is held in memory.
const maxChunks = 1 << 24

// Header reads and checks what there is to know of an image. The file has size bytes.
func (d *Directory) Header(size int64) (*Header, error) {
	h := &Header{
		dir:         d,
		size:        size,
		Width:       d.int(tagWidth, 0),
		Height:      d.int(tagHeight, 0),
		samples:     d.int(tagSamplesPerPixel, 1),
		format:      d.Uint(tagSampleFormat, unsigned),
		photometric: d.Uint(tagPhotometric, blackIsZero),
		compression: d.Uint(tagCompression, compressionNone),
		predictor:   d.Uint(tagPredictor, 1),
		fillOrder:   d.Uint(tagFillOrder, 1),
	}
	if h.Width < 1 || h.Height < 1 {
		return h, nil // for the caller to refuse
	}
	for _, check := range []func() error{h.readSamples, h.readColors, h.readGrid, h.checkCoding} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// int reads a number that must fit, or is -1.
func (d *Directory) int(tag uint16, absent int) int {
	v := d.Uint(tag, uint64(absent))
	if v > math.MaxInt32 {
		return -1
	}
	return int(v)
}

func (h *Header) readSamples() error {
	const maxSamples = 16
	if h.samples < 1 || h.samples > maxSamples {
		return fmt.Errorf("%d samples a pixel, wanted 1 to %d", h.samples, maxSamples)
	}
	depths := h.dir.Uints(tagBitsPerSample, maxSamples)
	if len(depths) == 0 {
		depths = []uint64{1}
	}
	for _, depth := range depths {
		if depth != depths[0] {
			return fmt.Errorf("samples of %d and of %d bits", depths[0], depth)
		}
	}
	h.bits = int(min(depths[0], 1<<16))
	switch {
	case h.format == unsigned && (h.bits >= 1 && h.bits <= 16 || h.bits == 24 || h.bits == 32 || h.bits == 64):
	case h.format == signed && (h.bits == 8 || h.bits == 16 || h.bits == 32):
	case h.format == floating && (h.bits == 16 || h.bits == 32 || h.bits == 64):
	case h.format == 4: // undefined
		h.format = unsigned
		return h.readSamplesOf(depths)
	default:
		return fmt.Errorf("samples of %d bits in format %d are not supported", h.bits, h.format)
	}
	return nil
}

// readSamplesOf checks what is in an undefined format as if it were unsigned.
func (h *Header) readSamplesOf(depths []uint64) error {
	if depths[0] < 1 || depths[0] > 16 {
		return fmt.Errorf("samples of %d bits in no format are not supported", depths[0])
	}
	return nil
}

func (h *Header) readColors() error {
	colors, ok := map[uint64]int{whiteIsZero: 1, blackIsZero: 1, rgb: 3, palette: 1, cmyk: 4, yCbCr: 3}[h.photometric]
	if !ok {
		return fmt.Errorf("colors of kind %d are not supported", h.photometric)
	}
	if h.samples < colors {
		return fmt.Errorf("%d samples a pixel, wanted %d", h.samples, colors)
	}
	extra := h.dir.Uints(tagExtraSamples, 16)
	if h.samples > colors && len(extra) > 0 && (extra[0] == multiplied || extra[0] == straight) {
		h.alpha = extra[0]
	}
	if h.photometric == palette && (h.bits > 8 || h.format != unsigned || len(h.dir.Uints(tagColorMap, 3<<8)) != 3<<h.bits) {
		return errors.New("its palette is damaged, or of a kind that is not supported")
	}
	h.subX, h.subY = 1, 1
	if h.photometric == yCbCr && h.compression != compressionJPEG {
		return h.readSubsampling()
	}
	return nil
}

func (h *Header) readSubsampling() error {
	sub := h.dir.Uints(tagYCbCrSubsample, 2)
	if len(sub) != 2 {
		sub = []uint64{2, 2}
	}
	valid := func(v uint64) bool { return v == 1 || v == 2 || v == 4 }
	if h.bits != 8 || h.format != unsigned || h.samples != 3 || !valid(sub[0]) || !valid(sub[1]) || h.predictor != 1 {
		return errors.New("YCbCr of this kind is not supported")
	}
	h.subX, h.subY = int(sub[0]), int(sub[1])
	return nil
}

// readGrid reads the strips or tiles.
func (h *Header) readGrid() error {
	h.planes = 1
	if h.dir.Uint(tagPlanar, 1) == 2 && h.samples > 1 {
		h.planes = h.samples
		if h.photometric == yCbCr {
			return errors.New("YCbCr in separate planes is not supported")
		}
	}
	offsets, counts := uint16(tagStripOffsets), uint16(tagStripByteCounts)
	if h.dir.has(tagTileWidth) {
		h.chunkWidth, h.chunkHeight = h.dir.int(tagTileWidth, 0), h.dir.int(tagTileHeight, 0)
		offsets, counts = tagTileOffsets, tagTileByteCounts
	} else {
		h.chunkWidth, h.chunkHeight = h.Width, h.dir.int(tagRowsPerStrip, h.Height)
		if h.chunkHeight < 0 || h.chunkHeight > h.Height {
			h.chunkHeight = h.Height
		}
	}
	if h.chunkWidth < 1 || h.chunkHeight < 1 {
		return fmt.Errorf("strips or tiles of %dx%d", h.chunkWidth, h.chunkHeight)
	}
	// A tile may be larger than the image, but not by so much that it asks for memory.
	const spare = 16 << 20
	if mul(int64(h.chunkWidth), int64(h.chunkHeight))/4-spare > mul(int64(h.Width), int64(h.Height)) {
		return fmt.Errorf("tiles of %dx%d in an image of %dx%d", h.chunkWidth, h.chunkHeight, h.Width, h.Height)
	}
	n := h.across() * h.down() * int64(h.planes)
	if n > maxChunks || n > h.size {
		return h.short()
	}
	h.offsets, h.counts = h.dir.firstUints(offsets, uint64(n)), h.dir.firstUints(counts, uint64(n))
	if len(h.counts) == 0 && h.compression == compressionNone && n == 1 {
		h.counts = []uint64{uint64(min(h.chunkBytes(), h.size))}
	}
	if int64(len(h.offsets)) < n || int64(len(h.counts)) < n {
		return fmt.Errorf("a table of %d strips or tiles, wanted %d", min(len(h.offsets), len(h.counts)), n)
	}
	return nil
}

func ceilDiv(a, b int) int64 { return (int64(a) + int64(b) - 1) / int64(b) }

// across and down are how many strips or tiles there are.
func (h *Header) across() int64 { return ceilDiv(h.Width, h.chunkWidth) }
func (h *Header) down() int64   { return ceilDiv(h.Height, h.chunkHeight) }

// inChunk is how many samples of a pixel are in one strip or tile.
func (h *Header) inChunk() int { return h.samples / h.planes }

// rowBytes is the length of a row of a strip or tile. With subsampled colors it is that
// of the rows that share them.
func (h *Header) rowBytes() int64 {
	if h.subX*h.subY > 1 {
		return ceilDiv(h.chunkWidth, h.subX) * int64(h.subX*h.subY+2)
	}
	return (mul(int64(h.chunkWidth)*int64(h.inChunk()), int64(h.bits)) + 7) / 8
}

// chunkBytes is the length of a strip or tile when it is decompressed.
func (h *Header) chunkBytes() int64 { return mul(h.rowBytes(), ceilDiv(h.chunkHeight, h.subY)) }

// totalBytes is the length of all strips or tiles when they are decompressed.
func (h *Header) totalBytes() int64 {
	rows := ceilDiv(h.Height, h.subY)
	if h.dir.has(tagTileWidth) {
		rows = h.down() * ceilDiv(h.chunkHeight, h.subY)
	}
	return mul(mul(h.rowBytes(), rows), h.across()*int64(h.planes))
}

func mul(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo)
}

// checkCoding checks that what is compressed can be decompressed, and that as many
// bytes can hold it.
func (h *Header) checkCoding() error {
	switch h.predictor {
	case 1:
	case 2:
		if h.format == floating || h.bits != 8 && h.bits != 16 && h.bits != 32 {
			return fmt.Errorf("differences of samples of %d bits are not supported", h.bits)
		}
	case 3:
		if h.format != floating {
			return errors.New("differences of floating-point numbers in whole ones")
		}
	default:
		return fmt.Errorf("predictor %d is not supported", h.predictor)
	}
	ratio, ok := ratios[h.compression]
	if !ok {
		return fmt.Errorf("%s is not supported", compressionName(h.compression))
	}
	if h.fax() && (h.bits != 1 || h.inChunk() != 1) {
		return errors.New("fax compression of more than one bit a pixel")
	}
	if h.compression == compressionJPEG {
		return h.checkJPEG()
	}
	total := h.totalBytes()
	if h.fax() {
		total = h.leastFax()
	}
	if n := h.claimed(); n < total/ratio || n > h.size {
		return h.short()
	}
	return nil
}

// leastFax is how many bytes the pixels take at least. A row equal to that above takes a
// bit, however wide it is, but a picture larger than a page of 800 dots an inch that
// has nothing else is damage, or a way for a few bytes to ask for gigabytes.
func (h *Header) leastFax() int64 {
	const page, inByte = 64 << 20, 1 << 13 // pixels
	pixels := mul(int64(h.Width), int64(h.Height))
	if pixels <= page {
		return int64(h.Height) / 8
	}
	return max(int64(h.Height)/8, pixels/inByte)
}

func (h *Header) short() error {
	return fmt.Errorf("%w: %d bytes cannot hold the %dx%d pixels it declares", ErrShort, h.size, h.Width, h.Height)
}

// claimed is how many bytes the strips or tiles say they have. More than the file has
// are refused: nothing forbids them to share some, but no program is known that writes
// such files, and a few bytes could ask for any amount of memory and time.
func (h *Header) claimed() int64 {
	var n uint64
	for _, count := range h.counts {
		n += min(count, math.MaxInt64/maxChunks)
	}
	return int64(n)
}
