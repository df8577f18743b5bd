package icc

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Reasons a profile cannot be used, for use with [errors.Is].
var (
	ErrDamaged     = errors.New("the color profile is damaged")
	ErrUnsupported = errors.New("the color profile is of a kind that is not supported")
)

// MaxSize is the largest profile that is read, in bytes. Those of printers, with the
// largest tables, have some megabytes.
const MaxSize = 16 << 20

// A Space is what a profile's numbers are.
type Space string

const (
	Gray Space = "gray"
	RGB  Space = "RGB"
	CMYK Space = "CMYK"
)

var spaces = map[string]Space{"GRAY": Gray, "RGB ": RGB, "CMYK": CMYK}

func (s Space) channels() int { return map[Space]int{Gray: 1, RGB: 3, CMYK: 4}[s] }

// A Profile describes a color space.
type Profile struct {
	Space Space
	Name  string // what the profile calls itself, on one line; may be empty

	data   []byte // nil if it comes from no ICC profile
	tables bool   // converts by tables, not by what follows
	curves [3]*curve
	matrix matrix // linear RGB to the connection space XYZ

	// The one curve of a gray profile gives lightness, L* / 100, instead of Y.
	lightness bool
}

const (
	headerSize = 128
	entrySize  = 12  // of the tag table
	maxTags    = 100 // more than LittleCMS takes
)

// A tagTable finds the parts of a profile.
type tagTable map[string][]byte

// Parse reads an ICC profile, of version 2 or 4. It keeps data.
//
// The error wraps [ErrDamaged] or [ErrUnsupported].
func Parse(data []byte) (*Profile, error) {
	tags, err := readTags(data)
	if err != nil {
		return nil, err
	}
	p := &Profile{Space: spaces[string(data[16:20])], Name: description(tags["desc"]), data: data}
	if err := p.checkHeader(); err != nil {
		return nil, err
	}
	if err := p.readModel(tags); err != nil {
		return nil, err
	}
	return p, nil
}

func damaged(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, a...))
}

func unsupported(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, a...))
}

// readTags checks the profile's size, its signature and where its tags are.
func readTags(data []byte) (tagTable, error) {
	if len(data) < headerSize+4 {
		return nil, damaged("it has %d bytes, want %d for its header", len(data), headerSize+4)
	}
	if len(data) > MaxSize {
		return nil, unsupported("it has %d bytes, want %d at most", len(data), MaxSize)
	}
	if string(data[36:40]) != "acsp" {
		return nil, damaged("its header has no signature")
	}
	if size := uint32At(data, 0); uint64(size) > uint64(len(data)) || size < headerSize+4 {
		return nil, damaged("its header says %d bytes, it has %d", size, len(data))
	}
	n := int(min(uint32At(data, headerSize), maxTags+1))
	if n > maxTags {
		return nil, damaged("it has more than %d tags", maxTags)
	}
	start := headerSize + 4 + n*entrySize
	if len(data) < start {
		return nil, damaged("its list of tags is cut off")
	}
	tags := make(tagTable, n)
	for entry := data[headerSize+4 : start]; len(entry) > 0; entry = entry[entrySize:] {
		offset, size := uint64(uint32At(entry, 4)), uint64(uint32At(entry, 8))
		if offset < uint64(start) || size < 8 || offset+size > uint64(len(data)) {
			return nil, damaged("tag %q is not within it", entry[:4])
		}
		if _, twice := tags[string(entry[:4])]; twice {
			return nil, damaged("it has tag %q twice", entry[:4])
		}
		tags[string(entry[:4])] = data[offset : offset+size : offset+size]
	}
	return tags, nil
}

func (p *Profile) checkHeader() error {
	if version := p.data[8]; version != 2 && version != 4 {
		return unsupported("version %d, want 2 or 4", version)
	}
	if p.Space == "" {
		return unsupported("colors of kind %q, want RGB, gray or CMYK", p.data[16:20])
	}
	switch class := string(p.data[12:16]); class {
	case "scnr", "mntr", "prtr", "spac":
	default:
		return unsupported("class %q, want one of an input, display or output device", class)
	}
	switch connection := string(p.data[20:24]); connection {
	case "XYZ ", "Lab ":
	default:
		return damaged("connection space %q, want XYZ or Lab", connection)
	}
	return nil
}

// readModel reads how colors are converted. A table has precedence, as the
// specification says.
func (p *Profile) readModel(tags tagTable) error {
	if tags["D2B0"] != nil {
		return unsupported("it converts by processing elements")
	}
	if table := tags["A2B0"]; table != nil {
		p.tables = true
		return p.checkTables(tags)
	}
	switch p.Space {
	case Gray:
		p.lightness = string(p.data[20:24]) == "Lab "
		return p.readCurves(tags, "kTRC")
	case RGB:
		if err := p.readMatrix(tags); err != nil {
			return err
		}
		return p.readCurves(tags, "rTRC", "gTRC", "bTRC")
	}
	return damaged("it has no table")
}

func (p *Profile) readCurves(tags tagTable, names ...string) error {
	for i, name := range names {
		c, err := readCurve(tags[name])
		if err != nil {
			return fmt.Errorf("%w, in tag %s", err, name)
		}
		p.curves[i] = c
	}
	return nil
}

func (p *Profile) readMatrix(tags tagTable) error {
	for i, name := range []string{"rXYZ", "gXYZ", "bXYZ"} {
		tag := tags[name]
		if len(tag) < 20 || string(tag[:4]) != "XYZ " {
			return damaged("it has no tag %s, or no color in it", name)
		}
		for j := range 3 {
			v := fixed16At(tag, 8+4*j)
			if v < -4 || v > 4 {
				return damaged("tag %s has %v, want -4 to 4", name, v)
			}
			p.matrix[j][i] = v
		}
	}
	return nil
}

func uint16At(p []byte, i int) uint16 { return binary.BigEndian.Uint16(p[i:]) }
func uint32At(p []byte, i int) uint32 { return binary.BigEndian.Uint32(p[i:]) }

// fixed16At returns a number of 16 bits before and 16 behind the point.
func fixed16At(p []byte, i int) float64 { return float64(int32(uint32At(p, i))) / (1 << 16) }

// IsEmbedded says whether the profile was read, not made from numbers.
func (p *Profile) IsEmbedded() bool { return p.data != nil }
