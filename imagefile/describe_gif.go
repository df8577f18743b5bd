package imagefile

import "bytes"

// describeGIF reads the extensions of a GIF, and counts its frames.
func describeGIF(w *window, d *description) {
	const (
		screenLen   = 13
		extension   = 0x21
		descriptor  = 0x2c
		comments    = 0xfe
		application = 0xff
	)
	at, ok := skipGIFTable(w, 0, screenLen)
	frames := 0
	for ok {
		b := w.peek(at, 2)
		if b == nil {
			break
		}
		switch {
		case b[0] == descriptor:
			frames++
			if at, ok = skipGIFTable(w, at, 10); ok {
				at, ok = skipGIFBlocks(w, at+1) // behind the code size
			}
		case b[0] == extension && b[1] == comments:
			var text []byte
			text, at, ok = gifBlocks(w, at+2, maxOneText)
			d.addText("Comment", comment(text))
		case b[0] == extension && b[1] == application:
			at, ok = d.gifApplication(w, at+2)
		case b[0] == extension:
			at, ok = skipGIFBlocks(w, at+2)
		default:
			ok = false
		}
	}
	if frames > 1 {
		d.note("first of %d frames", frames)
	}
}

// skipGIFTable goes over a descriptor of n bytes, whose last but the flags say
// whether a color table follows, and over that.
func skipGIFTable(w *window, at int64, n int) (int64, bool) {
	b := w.peek(at, n)
	if b == nil {
		return 0, false
	}
	flags := b[n-1]
	if n == 13 { // the logical screen has two more fields
		flags = b[10]
	}
	at += int64(n)
	if flags&0x80 != 0 {
		at += 3 << (1 + flags&7)
	}
	return at, true
}

// skipGIFBlocks goes over blocks to behind the empty one that ends them.
func skipGIFBlocks(w *window, at int64) (int64, bool) {
	for {
		b := w.peek(at, 1)
		if b == nil {
			return 0, false
		}
		at += 1 + int64(b[0])
		if b[0] == 0 {
			return at, true
		}
	}
}

// gifBlocks joins what is in blocks, of which it keeps none if they have more than
// limit bytes.
func gifBlocks(w *window, at int64, limit int) (data []byte, end int64, ok bool) {
	for {
		b := w.peek(at, 1)
		if b == nil {
			return nil, 0, false
		}
		n := int(b[0])
		if b = w.peek(at+1, n); b == nil {
			return nil, 0, false
		}
		at += 1 + int64(n)
		if n == 0 {
			break
		}
		if len(data) <= limit {
			data = append(data, b...)
		}
	}
	if len(data) > limit {
		data = nil
	}
	return data, at, true
}

// gifApplication takes the profile and the XMP packet, which hide behind names of
// eleven letters.
func (d *description) gifApplication(w *window, at int64) (int64, bool) {
	b := w.peek(at, 12)
	if b == nil || b[0] != 11 {
		return skipGIFBlocks(w, at)
	}
	switch string(b[1:12]) {
	case "ICCRGBG1012":
		profile, end, ok := gifBlocks(w, at+12, maxProfile)
		d.color.setProfile(profile)
		return end, ok
	case "XMP DataXMP":
		end, ok := skipGIFBlocks(w, at+12)
		if ok {
			d.setXMP(gifXMP(w.take(at+12, end-at-12, maxXMP+258)))
		}
		return end, ok
	}
	return skipGIFBlocks(w, at)
}

// gifXMP cuts off the trailer of 258 bytes that makes a packet, which is not in
// blocks, end for readers of blocks.
func gifXMP(b []byte) []byte {
	const trailer = 258
	if len(b) <= trailer || !bytes.HasPrefix(b[len(b)-trailer:], []byte{1, 255}) {
		return nil
	}
	return b[:len(b)-trailer]
}
