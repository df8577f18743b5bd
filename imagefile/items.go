package imagefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"slices"
)

// heifItems is what the meta box of a HEIC or AVIF file says (ISO/IEC 23008-12).
type heifItems struct {
	primary uint64
	types   map[uint64]string    // by the number of an item
	extents map[uint64][2]uint64 // where the data of an item is, and its length
	ends    map[uint64]uint64    // where the last byte of an item is, and one
	parts   map[uint64][]uint64  // items that go into one: tiles, alpha
	shared  []box                // all properties
	owned   []box                // those of the primary item, in their order
}

// maxMeta is the most bytes of a meta box that are read. It has some hundred bytes
// for each tile of a picture.
const maxMeta = 8 << 20

var errNoItems = errors.New("there is no table of its items")

// readItems finds the meta box among the boxes of a file.
func readItems(w *window) (*heifItems, error) {
	for at := int64(0); at < w.size; {
		head := w.peek(at, int(min(16, w.size-at)))
		kind, n, length, ok := boxHeader(head, w.size-at)
		if !ok && kind == "meta" {
			return nil, io.ErrUnexpectedEOF
		}
		if !ok {
			break
		}
		if kind != "meta" {
			at += length
			continue
		}
		data := w.take(at+n, length-n, maxMeta)
		if len(data) < 4 {
			break
		}
		return parseItems(boxes(data[4:])), nil
	}
	return nil, errNoItems
}

func parseItems(meta []box) *heifItems {
	h := &heifItems{
		types:   make(map[uint64]string),
		extents: make(map[uint64][2]uint64),
		ends:    make(map[uint64]uint64),
		parts:   make(map[uint64][]uint64),
	}
	c := cursor(find(meta, "pitm"))
	if version, _ := c.version(); version == 0 {
		h.primary = c.uint(2)
	} else {
		h.primary = c.uint(4)
	}
	h.readTypes(find(meta, "iinf"))
	h.readExtents(find(meta, "iloc"))
	h.readParts(find(meta, "iref"))
	properties := boxes(find(meta, "iprp"))
	h.shared = boxes(find(properties, "ipco"))
	h.readOwned(find(properties, "ipma"))
	return h
}

func (h *heifItems) readTypes(c cursor) {
	version, _ := c.version()
	if version == 0 {
		c.uint(2)
	} else {
		c.uint(4)
	}
	for _, b := range boxes(c) {
		e := cursor(b.data)
		version, _ := e.version()
		id := e.uint(2 + 2*int(version/3)) // longer in version 3
		e.uint(2)
		if len(e) >= 4 && version >= 2 {
			h.types[id] = string(e[:4])
		}
	}
}

// readExtents reads where items are in the file itself: where each ends, and all of
// those that are in one piece.
func (h *heifItems) readExtents(c cursor) {
	version, _ := c.version()
	sizes := c.uint(2)
	offsetSize, lengthSize, baseSize, indexSize := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	idSize := 2
	if version == 2 {
		idSize = 4
	}
	for n := c.uint(idSize); n > 0 && len(c) > 0; n-- {
		id, method := c.uint(idSize), uint64(0)
		if version > 0 {
			method = c.uint(2) & 15
		} else {
			indexSize = 0
		}
		c.uint(2)
		base := c.uint(baseSize)
		count := int(c.uint(2))
		if method != 0 {
			c.skip(count * (indexSize + offsetSize + lengthSize))
			continue
		}
		if indexSize+offsetSize+lengthSize == 0 {
			count = min(count, 1) // all are the same, and cost nothing in the file
		}
		for i := 0; i < count && len(c) >= indexSize+offsetSize+lengthSize; i++ {
			c.skip(indexSize)
			h.addExtent(id, base, c.uint(offsetSize), c.uint(lengthSize), count == 1)
		}
	}
}

// addExtent takes a piece of an item. One of no length goes to the end of the file.
func (h *heifItems) addExtent(id, base, offset, length uint64, whole bool) {
	const most = 1 << 62 // sums of two stay in 64 bits
	at := min(min(base, most)+min(offset, most), most)
	if whole {
		h.extents[id] = [2]uint64{at, length}
	}
	h.ends[id] = max(h.ends[id], at+min(length, most))
}

// readOwned reads which properties the primary item has.
func (h *heifItems) readOwned(c cursor) {
	version, flags := c.version()
	idSize, indexSize := 2, 1
	if version > 0 {
		idSize = 4
	}
	if flags&1 != 0 {
		indexSize = 2
	}
	for n := c.uint(4); n > 0 && len(c) > 0; n-- {
		id := c.uint(idSize)
		for k := c.uint(1); k > 0 && len(c) > 0; k-- {
			index := c.uint(indexSize) &^ (1 << (8*indexSize - 1)) // less the mark that it is essential
			if id == h.primary && index >= 1 && index <= uint64(len(h.shared)) {
				h.owned = append(h.owned, h.shared[index-1])
			}
		}
	}
}

// size returns the size that the primary item declares, before it is turned.
func (h *heifItems) size() (width, height int) {
	c := cursor(find(h.owned, "ispe"))
	c.version()
	return int(c.uint(4)), int(c.uint(4))
}

// coding returns the kind of box that configures the decoder: hvcC or av1C. Tiles of a
// picture have it instead of the picture.
func (h *heifItems) coding() string {
	for _, kind := range []string{"hvcC", "av1C"} {
		if find(h.owned, kind) != nil {
			return kind
		}
	}
	for _, kind := range []string{"hvcC", "av1C"} {
		if find(h.shared, kind) != nil && h.types[h.primary] == "grid" {
			return kind
		}
	}
	return ""
}

// hasAlpha says whether a picture of alpha goes with another.
func (h *heifItems) hasAlpha() bool {
	for _, b := range h.shared {
		if b.kind == "auxC" && (bytes.Contains(b.data, []byte(":auxid:1\x00")) || bytes.Contains(b.data, []byte("auxiliary:alpha\x00"))) {
			return true
		}
	}
	return false
}

// turns returns the orientations, as EXIF numbers them, that the primary item is to be
// turned by, in their order. No two are of a kind.
func (h *heifItems) turns() (orientations []int) {
	for _, b := range h.owned {
		if len(b.data) < 1 || len(orientations) == 2 {
			continue
		}
		switch b.kind {
		case "irot": // counterclockwise by 90 degrees
			orientations = append(orientations, [4]int{1, 8, 3, 6}[b.data[0]&3])
		case "imir": // top and bottom change places, or left and right
			orientations = append(orientations, [2]int{4, 2}[b.data[0]&1])
		}
	}
	return orientations
}

// nclx is a description of colors by numbers of ITU-T H.273.
type nclx struct {
	primaries, transfer, matrix uint8
	fullRange                   bool
}

// colors returns the profile and the numbers that the primary item has, or its tiles.
func (h *heifItems) colors() (profile []byte, numbers *nclx) {
	for _, list := range [][]box{h.owned, h.shared} {
		for _, b := range list {
			if b.kind != "colr" || len(b.data) < 4 {
				continue
			}
			kind, data := string(b.data[:4]), b.data[4:]
			switch {
			case (kind == "prof" || kind == "rICC") && profile == nil:
				profile = data
			case kind == "nclx" && len(data) >= 7 && numbers == nil:
				numbers = &nclx{data[1], data[3], data[5], data[6]&0x80 != 0}
			}
		}
		if profile != nil || numbers != nil {
			break
		}
	}
	return profile, numbers
}

// describeHEIF takes the colors, and the EXIF and XMP items. EXIF's orientation does
// not count in these files: properties turn the picture.
func describeHEIF(w *window, d *description) {
	h, err := readItems(w)
	if err != nil {
		return
	}
	profile, numbers := h.colors()
	d.color.setProfile(profile)
	if numbers != nil && profile == nil { // ISO/IEC 23000-22, 7.3.6.4: a profile counts more
		d.color.Primaries, d.color.Transfer = numbers.primaries, numbers.transfer
	}
	for _, id := range slices.Sorted(maps.Keys(h.types)) {
		kind, e := h.types[id], h.extents[id]
		if e[0] > uint64(w.size) || e[1] > uint64(w.size) {
			continue
		}
		switch kind {
		case "Exif":
			d.setEXIF(behindOffset(w.take(int64(e[0]), int64(e[1]), maxEXIF)))
		case "mime":
			if b := w.take(int64(e[0]), int64(e[1]), maxXMP); bytes.Contains(b, []byte("<x:xmpmeta")) {
				d.setXMP(b)
			}
		}
	}
	d.orientation = 0
	for _, orientation := range h.turns() {
		d.transposed = d.transposed != turn{orientation: orientation}.transposes()
	}
	if h.coding() == "hvcC" && h.hasAlpha() {
		d.note("its transparency is not read")
	}
}

// behindOffset returns the EXIF block that an offset says the beginning of.
func behindOffset(b []byte) []byte {
	if len(b) < 4 {
		return nil
	}
	at := uint64(binary.BigEndian.Uint32(b)) + 4
	if at > uint64(len(b)) {
		return nil
	}
	return b[at:]
}
