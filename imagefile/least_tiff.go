package imagefile

import (
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
)

// TIFF tags that say how the pixels are cut into strips or tiles.
const (
	tiffCompression  = 259
	tiffRowsPerStrip = 278
	tiffPlanar       = 284
	tiffTileWidth    = 322
	tiffTileLength   = 323
)

var errPlanar = errors.New("TIFF with separate color planes is not supported")

// leastTIFF adds up the strips or tiles and the table of them, which has a byte
// for each at the least. Nothing forbids strips to share their bytes, but no
// program is known that writes them so, and a few kilobytes could ask for any
// amount of memory and time: such files are refused.
func leastTIFF(r io.ReaderAt, _ int64, c image.Config) (int64, error) {
	tags, err := tiffTags(r)
	if err != nil {
		return 0, err
	}
	depth := leastTIFFDepth(c.ColorModel)
	if tags[tiffPlanar] == 2 && depth >= 24 {
		return 0, errPlanar
	}
	width, height := int64(c.Width), int64(c.Height)
	if tags[tiffTileWidth] != 0 {
		tileWidth, tileHeight := tags[tiffTileWidth], max(tags[tiffTileLength], 1)
		tiles := mul(ceilDiv(width, tileWidth), ceilDiv(height, tileHeight))
		return max(tiles, packedTIFF(tags[tiffCompression], tileWidth*depth, mul(tiles, tileHeight))), nil
	}
	rows := height
	if n := tags[tiffRowsPerStrip]; n > 0 && n < rows {
		rows = n
	}
	return max(ceilDiv(height, rows), packedTIFF(tags[tiffCompression], width*depth, height)), nil
}

// packedTIFF returns a lower bound on the bytes that code the rows.
func packedTIFF(compression, bitsPerRow, rows int64) int64 {
	raw := mul(ceilDiv(bitsPerRow, 8), rows)
	switch compression {
	case 0, 1:
		return raw
	case 5:
		return raw / maxLZWRatio
	case 8, 32946:
		return raw / maxDeflateRatio
	case 32773:
		return raw / maxPackBitsRatio
	default:
		// CCITT codes a row equal to the one above in a bit, however
		// wide. What else there is the decoder refuses.
		return rows / 8
	}
}

// leastTIFFDepth returns the fewest bits for a pixel of that model.
func leastTIFFDepth(m color.Model) int64 {
	switch m {
	case color.RGBA64Model:
		return 48
	case color.NRGBA64Model:
		return 64
	case color.RGBAModel:
		return 24
	case color.NRGBAModel:
		return 32
	case color.Gray16Model:
		return 16
	}
	return 1
}

// tiffTags returns the single numbers among the tags of the first image.
func tiffTags(r io.ReaderAt) (map[uint16]int64, error) {
	const entryLen = 12
	var head [8]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	var order binary.ByteOrder = binary.LittleEndian
	if head[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(head[4:]))
	var count [2]byte
	if _, err := r.ReadAt(count[:], at); err != nil {
		return nil, err
	}
	entries := make([]byte, entryLen*int(order.Uint16(count[:])))
	if _, err := r.ReadAt(entries, at+2); err != nil {
		return nil, err
	}
	tags := make(map[uint16]int64)
	for ; len(entries) > 0; entries = entries[entryLen:] {
		if n, ok := tiffNumber(order, entries); ok {
			tags[order.Uint16(entries)] = n
		}
	}
	return tags, nil
}

// tiffNumber returns the first number of an entry that has it in itself.
func tiffNumber(order binary.ByteOrder, entry []byte) (int64, bool) {
	value, count := entry[8:12], order.Uint32(entry[4:])
	switch kind := order.Uint16(entry[2:]); {
	case count == 0:
		return 0, false
	case kind == 1 && count <= 4:
		return int64(value[0]), true
	case kind == 3 && count <= 2:
		return int64(order.Uint16(value)), true
	case kind == 4 && count == 1:
		return int64(order.Uint32(value)), true
	}
	return 0, false
}
