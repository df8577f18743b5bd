package imagefile

import (
	"bytes"
	"encoding/binary"
)

const xmpNamespace = "http://ns.adobe.com/xap/1.0/\x00"

// describeJPEG reads the marker segments before the first scan.
func describeJPEG(w *window, d *description) {
	const (
		soi  = 0xd8
		eoi  = 0xd9
		sos  = 0xda
		app0 = 0xe0
		app1 = 0xe1
		app2 = 0xe2
		com  = 0xfe
	)
	var parts profileParts
	defer func() { d.color.setProfile(parts.join()) }()
	for at := int64(0); ; {
		head := w.peek(at, 4)
		if head == nil || head[0] != 0xff {
			return
		}
		kind := head[1]
		switch {
		case kind == 0xff: // fill
			at++
			continue
		case kind == soi || kind == 1 || kind >= 0xd0 && kind < 0xd8: // alone
			at += 2
			continue
		case kind == eoi || kind == sos:
			return
		}
		n := int64(binary.BigEndian.Uint16(head[2:])) - 2
		if n < 0 {
			return
		}
		switch kind {
		case app0:
			d.jfif(w.peek(at+4, int(min(n, 16))))
		case app1:
			d.app1(w.take(at+4, n, 1<<16))
		case app2:
			parts.add(w.take(at+4, n, 1<<16))
		case com:
			d.addText("Comment", comment(w.take(at+4, n, 1<<16)))
		}
		at += 4 + n
	}
}

// jfif takes the resolution of an APP0 segment.
func (d *description) jfif(b []byte) {
	if len(b) < 12 || string(b[:5]) != "JFIF\x00" {
		return
	}
	x := [2]uint32{uint32(binary.BigEndian.Uint16(b[8:])), 1}
	y := [2]uint32{uint32(binary.BigEndian.Uint16(b[10:])), 1}
	d.Density = density(x, y, uint64(b[7])+1) // its units are EXIF's less one
}

func (d *description) app1(b []byte) {
	if packet, ok := bytes.CutPrefix(b, []byte(xmpNamespace)); ok {
		d.setXMP(packet)
	} else if bytes.HasPrefix(b, []byte("Exif\x00\x00")) {
		d.setEXIF(b)
	}
}

// profileParts are the segments that a profile of more than 64 KB is cut into.
type profileParts struct {
	part  [256][]byte // by its number, from 1 on
	count byte
	bytes int
}

// add takes an APP2 segment.
func (p *profileParts) add(b []byte) {
	const name = "ICC_PROFILE\x00"
	b, ok := bytes.CutPrefix(b, []byte(name))
	if !ok || len(b) < 2 || b[0] == 0 || p.count != 0 && b[1] != p.count {
		return
	}
	if p.part[b[0]] != nil || p.bytes+len(b) > maxProfile {
		return
	}
	p.count = b[1]
	p.bytes += len(b)
	p.part[b[0]] = b[2:]
}

// join returns the profile, nil if there is none or a part of it is missing.
func (p *profileParts) join() []byte {
	parts := p.part[1 : int(p.count)+1]
	for _, b := range parts {
		if b == nil {
			return nil
		}
	}
	return bytes.Join(parts, nil)
}
