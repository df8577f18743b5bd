// Package countsfile reads and writes files that say how often each colour occurs in
// images: parts that are counted on several machines, to be added on one.
//
// A file is, with all numbers but those in blocks little-endian:
//
//	8 bytes   magic
//	uint16    version, 1
//	uint16    flags; 1: colours of some of the images were converted to sRGB
//	uint64    pixels
//	uint64    images
//	uint64    distinct colours
//	blocks    each of up to 65,536 colours, until one of none:
//	          uint32 colours, uint32 bytes that follow, and those, a stream of deflate
//	          of numbers of 7 bits a byte (varints): of every colour by how much its key
//	          is above the one after that of the colour before, then of every colour
//	          its count less 1
//	uint32    CRC-32C of all that is before
//
// Keys and counts each by themselves deflate to 1.1 to 1.6 bytes a colour of photographs,
// and taking turns to 1.3 to 1.8.
package countsfile

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"
)

// A File is what a counts file says.
type File struct {
	*quantize.Counts
	Images    uint64 // that were counted, or parts of such
	Converted bool   // the colours of some were converted from a profile to sRGB
}

const (
	// magic is, as that of PNG, one that a transfer of text would damage.
	magic   = "\x8bKCT\r\n\x1a\n"
	version = 1

	headerLen     = len(magic) + 2 + 2 + 3*8
	flagConverted = 1

	blockColors = 1 << 16
	maxRaw      = 5 + 5                      // bytes of a colour: 32 bits are 5 at most
	maxBlock    = blockColors*maxRaw + 1<<10 // deflate adds 5 bytes to 64 kB that do not deflate

	// MaxPixels and MaxImages keep sums from overflowing. MaxColors bounds the memory that
	// files can ask for: 8 bytes each, and 24 while two are added that share none.
	MaxPixels = 1 << 56
	MaxImages = 1 << 56
	MaxColors = 1 << 26
)

// SniffLen is how many of a file's first bytes Sniff needs.
const SniffLen = len(magic)

// Reasons a file cannot be read.
var (
	ErrFormat    = errors.New("not a counts file")
	ErrNewer     = errors.New("counts file of a newer kompress")
	ErrTruncated = errors.New("counts file is truncated")
	ErrChecksum  = errors.New("counts file is damaged: its checksum is wrong")
	ErrTrailing  = errors.New("counts file is damaged: there is more behind its end")
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Sniff says whether a file that begins with head is a counts file.
func Sniff(head []byte) bool { return len(head) >= SniffLen && string(head[:SniffLen]) == magic }

// Is says whether the file at path is a counts file, as it begins.
func Is(path string) bool {
	// Opening a FIFO would wait.
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, SniffLen)
	_, err = io.ReadFull(file, head)
	return err == nil && Sniff(head)
}

// Read reads the file at path. The error names it.
func Read(ctx context.Context, path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", words.Printable(path), reason(err))
	}
	defer file.Close()
	f, err := Decode(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", words.Printable(path), reason(err))
	}
	return f, nil
}

// Colors returns how many colours the file at path says that it has, 0 if it cannot be
// read: Read says why. It has no more.
func Colors(path string) int64 {
	file, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer file.Close()
	d := &decoder{ctx: context.Background(), r: bufio.NewReaderSize(file, headerLen)}
	if _, _, err := d.header(); err != nil {
		return 0
	}
	return int64(d.colors)
}

// reason leaves out the name that package os puts before it.
func reason(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Write writes the file at path, all of it or nothing, and returns how long it is.
func Write(ctx context.Context, path string, f *File, o imagefile.WriteOptions) (int64, error) {
	return imagefile.WriteFile(ctx, path, o, func(w io.Writer) error { return Encode(w, f) })
}

// Add returns the sum of two, which are not changed.
func Add(a, b *File) (*File, error) {
	if err := sumWithin("pixel", a.Pixels(), b.Pixels(), MaxPixels); err != nil {
		return nil, err
	}
	if err := sumWithin("image", a.Images, b.Images, MaxImages); err != nil {
		return nil, err
	}
	sum, err := quantize.AddCounts(a.Counts, b.Counts)
	if err != nil {
		return nil, err
	}
	if n := sum.Distinct(); n > MaxColors {
		return nil, fmt.Errorf("too many colors to add: they are %d together, want at most %d", n, MaxColors)
	}
	return &File{sum, a.Images + b.Images, a.Converted || b.Converted}, nil
}

func sumWithin(what string, a, b, most uint64) error {
	if a > most || b > most-a {
		return fmt.Errorf("too many %ss to add: got %d and %d, want at most %d together", what, a, b, most)
	}
	return nil
}

// check says whether these can be what was counted.
func (f *File) check() error {
	switch {
	case f.Pixels() > MaxPixels:
		return fmt.Errorf("got %d pixels, want at most %d", f.Pixels(), uint64(MaxPixels))
	case f.Distinct() > MaxColors:
		return fmt.Errorf("got %s, want at most %d", words.Count(f.Distinct(), "color"), MaxColors)
	case f.Images > f.Pixels() || f.Images == 0 && f.Pixels() > 0:
		return fmt.Errorf("got %d pixels of %d images", f.Pixels(), f.Images)
	}
	return nil
}
