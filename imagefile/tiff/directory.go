// Package tiff reads TIFF files and the directories that EXIF blocks are made
// of, classic and BigTIFF.
//
// Its source is "TIFF Revision 6.0" (Aldus, 1992), with the supplements of Adobe
// (1995, 2002) and the BigTIFF design of libtiff.
package tiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// ErrFormat says that the bytes do not begin as a TIFF does.
var ErrFormat = errors.New("not a TIFF header")

// maxEntries bounds the entries of a directory that are read. Real ones have
// some dozens.
const maxEntries = 4096

// A File is the header of a TIFF.
type File struct {
	r     io.ReaderAt
	order binary.ByteOrder
	big   bool  // BigTIFF, whose offsets have 64 bits
	first int64 // offset of the first directory
}

// An Entry is one field of a directory: Count values of a type.
type Entry struct {
	Type  uint16
	Count uint64
	At    int64 // where the values are in the file
}

// A Directory describes one image by its fields.
type Directory struct {
	Next int64 // offset of the next directory, 0 after the last

	file    *File
	entries map[uint16]Entry
}

// Open reads the header of a TIFF.
func Open(r io.ReaderAt) (*File, error) {
	var b [16]byte
	if _, err := r.ReadAt(b[:8], 0); err != nil {
		return nil, err
	}
	f := &File{r: r, order: binary.LittleEndian}
	switch string(b[:2]) {
	case "II":
	case "MM":
		f.order = binary.BigEndian
	default:
		return nil, ErrFormat
	}
	switch f.order.Uint16(b[2:]) {
	case 42:
		f.first = int64(f.order.Uint32(b[4:]))
		return f, nil
	case 43:
		if _, err := r.ReadAt(b[8:], 8); err != nil {
			return nil, err
		}
		if f.order.Uint16(b[4:]) != 8 || f.order.Uint16(b[6:]) != 0 {
			return nil, ErrFormat
		}
		f.big = true
		f.first = f.offset(b[8:])
		return f, nil
	}
	return nil, ErrFormat
}

// offset reads an offset of 64 bits, to one that no file reaches on overflow.
func (f *File) offset(b []byte) int64 {
	return int64(min(f.order.Uint64(b), math.MaxInt64/2))
}

// First reads the first directory, that of the main image.
func (f *File) First() (*Directory, error) { return f.Directory(f.first) }

// Directory reads the directory at the offset at.
func (f *File) Directory(at int64) (*Directory, error) {
	countLen, entryLen := 2, 12
	if f.big {
		countLen, entryLen = 8, 20
	}
	head := make([]byte, 8)
	if _, err := f.r.ReadAt(head[:countLen], at); err != nil {
		return nil, noEOF(err)
	}
	count := uint64(f.order.Uint16(head))
	if f.big {
		count = f.order.Uint64(head)
	}
	if count == 0 || count > maxEntries {
		return nil, fmt.Errorf("a directory of %d entries, wanted 1 to %d", count, maxEntries)
	}
	b := make([]byte, int(count)*entryLen)
	at += int64(countLen)
	if _, err := f.r.ReadAt(b, at); err != nil {
		return nil, noEOF(err)
	}
	d := &Directory{file: f, entries: make(map[uint16]Entry, count)}
	for i := 0; i < len(b); i += entryLen {
		tag := f.order.Uint16(b[i:])
		if _, twice := d.entries[tag]; !twice {
			d.entries[tag] = f.entry(b[i:i+entryLen], at+int64(i))
		}
	}
	d.Next = f.next(at + int64(len(b)))
	return d, nil
}

// noEOF tells a directory that is not all there from the end of the directories.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// next reads the offset behind a directory. EXIF blocks may end before it.
func (f *File) next(at int64) int64 {
	var b [8]byte
	if f.big {
		if _, err := f.r.ReadAt(b[:], at); err != nil {
			return 0
		}
		return f.offset(b[:])
	}
	if _, err := f.r.ReadAt(b[:4], at); err != nil {
		return 0
	}
	return int64(f.order.Uint32(b[:]))
}

// entry reads the entry in b, at the offset at. Values that fit stand in it.
func (f *File) entry(b []byte, at int64) Entry {
	e := Entry{Type: f.order.Uint16(b[2:])}
	inline, room := at+8, uint64(4)
	if f.big {
		e.Count = f.order.Uint64(b[4:])
		inline, room = at+12, 8
	} else {
		e.Count = uint64(f.order.Uint32(b[4:]))
	}
	size := typeSize(e.Type)
	switch {
	case size == 0 || e.Count <= room/size:
		e.At = inline
	case f.big:
		e.At = f.offset(b[12:])
	default:
		e.At = int64(f.order.Uint32(b[8:]))
	}
	return e
}

// typeSize returns the bytes that a value of a field type takes, 0 if it is none.
func typeSize(t uint16) uint64 {
	switch t {
	case 1, 2, 6, 7: // byte, text, signed byte, undefined
		return 1
	case 3, 8: // short
		return 2
	case 4, 9, 11, 13: // long, float, directory
		return 4
	case 5, 10, 12, 16, 17, 18: // rational, double, long of 64 bits
		return 8
	}
	return 0
}

func (d *Directory) has(tag uint16) bool { _, ok := d.entries[tag]; return ok }

// Tags returns the tags that there are, in order.
func (d *Directory) Tags() []uint16 { return slices.Sorted(maps.Keys(d.entries)) }

// Entry returns the entry, whose Count is 0 if there is none.
func (d *Directory) Entry(tag uint16) Entry { return d.entries[tag] }

// Bytes returns the values of an entry as they are in the file, or nil if there
// are none, or more than limit bytes of them.
func (d *Directory) Bytes(tag uint16, limit uint64) []byte {
	e := d.entries[tag]
	size := typeSize(e.Type)
	if e.Count == 0 || size == 0 || e.Count > limit/size {
		return nil
	}
	b := make([]byte, e.Count*size)
	if _, err := d.file.r.ReadAt(b, e.At); err != nil {
		return nil
	}
	return b
}

// Uints returns the whole numbers of an entry, or nil if there are none, or more
// than limit.
func (d *Directory) Uints(tag uint16, limit uint64) []uint64 {
	e := d.entries[tag]
	size := typeSize(e.Type)
	if e.Count > limit || e.Type == 2 || e.Type == 5 || e.Type >= 10 && e.Type <= 12 {
		return nil
	}
	b := d.Bytes(tag, limit*size)
	if b == nil {
		return nil
	}
	values := make([]uint64, 0, e.Count)
	for ; len(b) > 0; b = b[size:] {
		switch size {
		case 1:
			values = append(values, uint64(b[0]))
		case 2:
			values = append(values, uint64(d.file.order.Uint16(b)))
		case 4:
			values = append(values, uint64(d.file.order.Uint32(b)))
		case 8:
			values = append(values, d.file.order.Uint64(b))
		}
	}
	return values
}

// firstUints returns the first n whole numbers of an entry, or as many as it has.
func (d *Directory) firstUints(tag uint16, n uint64) []uint64 {
	e := d.entries[tag]
	e.Count = min(e.Count, n)
	few := Directory{file: d.file, entries: map[uint16]Entry{tag: e}}
	return few.Uints(tag, n)
}

// Uint returns the first whole number of an entry, or absent if there is none.
func (d *Directory) Uint(tag uint16, absent uint64) uint64 {
	if v := d.firstUints(tag, 1); len(v) == 1 {
		return v[0]
	}
	return absent
}

// Rational returns the first fraction of an entry, 0/0 if there is none.
func (d *Directory) Rational(tag uint16) (numerator, denominator uint32) {
	e := d.entries[tag]
	if e.Count == 0 || e.Type != 5 {
		return 0, 0
	}
	var b [8]byte
	if _, err := d.file.r.ReadAt(b[:], e.At); err != nil {
		return 0, 0
	}
	return d.file.order.Uint32(b[:]), d.file.order.Uint32(b[4:])
}

// DropsAlpha says whether the image has an alpha that Decode has no room for.
func (d *Directory) DropsAlpha() bool {
	return d.Uint(tagPhotometric, 0) == cmyk && d.Uint(tagExtraSamples, 0) != 0
}

// Order is the byte order of the file.
func (d *Directory) Order() binary.ByteOrder { return d.file.order }

// Sub reads the directory that an entry points to, or nil if there is none.
func (d *Directory) Sub(tag uint16) *Directory {
	at := d.Uint(tag, 0)
	if at == 0 || at > math.MaxInt64/2 {
		return nil
	}
	sub, err := d.file.Directory(int64(at))
	if err != nil {
		return nil
	}
	return sub
}
