package inflate

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// inflateAll inflates all of a stream, size bytes at a time, as those do it that keep no
// more than what a stream may refer to.
func inflateAll(r io.Reader, size int) ([]byte, error) {
	z := NewReader(r)
	b := make([]byte, Window+size+Slack)
	var all []byte
	for n := 0; ; {
		from := n
		var err error
		n, err = z.Fill(b, n)
		all = append(all, b[from:n]...)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if n > Window {
			n = copy(b, b[n-Window:n])
		}
	}
}

// leaveOutWithRace leaves out a long test of code that starts no goroutines.
func leaveOutWithRace(t *testing.T) {
	if raceEnabled {
		t.Skip("it has no goroutines and takes long")
	}
}

func deflated(t testing.TB, text []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(text)
	w.Close()
	return b.Bytes()
}

// sampleText is noise of few values, so that codes are of many lengths, with
// repetitions.
func sampleText(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	text := make([]byte, n)
	for i := range text {
		text[i] = byte(r.NormFloat64() * r.Float64() * 40)
	}
	for i := 100; i+300 < n; i += r.IntN(600) {
		copy(text[i:], text[max(0, i-1-r.IntN(40_000)):][:3+r.IntN(290)])
	}
	return text
}

func TestInflateWhatGoDeflates(t *testing.T) {
	leaveOutWithRace(t)
	for _, n := range []int{0, 1, 2, 10, 100, 1000, 33_000, 150_000} {
		text := sampleText(n)
		for level := zlib.HuffmanOnly; level <= zlib.BestCompression; level++ {
			stream := deflated(t, text, level)
			for _, size := range []int{1, 1000, 1 << 20} {
				got, err := inflateAll(bytes.NewReader(stream), size)
				if err != nil || !bytes.Equal(got, text) {
					t.Errorf("%d bytes, level %d, %d at a time: got %d bytes, %v", n, level, size, len(got), err)
				}
			}
		}
	}
}

func TestInflateReadersThatGiveLittle(t *testing.T) {
	text := sampleText(50_000)
	for level := zlib.NoCompression; level <= zlib.BestSpeed; level++ {
		stream := deflated(t, text, level)
		for name, r := range map[string]io.Reader{
			"one byte":         iotest.OneByteReader(bytes.NewReader(stream)),
			"halves":           iotest.HalfReader(bytes.NewReader(stream)),
			"error with bytes": iotest.DataErrReader(bytes.NewReader(stream)),
			"more behind":      io.MultiReader(bytes.NewReader(stream), bytes.NewReader(text)),
		} {
			if got, err := inflateAll(r, 5000); err != nil || !bytes.Equal(got, text) {
				t.Errorf("level %d, %s: got %d bytes, %v", level, name, len(got), err)
			}
		}
	}
	broken := errors.New("broken")
	r := io.MultiReader(bytes.NewReader(deflated(t, text, 6)[:9000]), iotest.ErrReader(broken))
	if _, err := inflateAll(r, 5000); !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's error", err)
	}
}

// A bitWriter writes a deflate stream.
type bitWriter struct {
	b     []byte
	count uint
}

// bits writes the n lowest bits of v, lowest first.
func (w *bitWriter) bits(v uint32, n uint) {
	for ; n > 0; n-- {
		if w.count%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[len(w.b)-1] |= byte(v&1) << (w.count % 8)
		v >>= 1
		w.count++
	}
}

// code writes the n lowest bits of v, highest first.
func (w *bitWriter) code(v uint32, n uint) {
	for ; n > 0; n-- {
		w.bits(v>>(n-1)&1, 1)
	}
}

// symbol writes a literal or a length in the fixed code.
func (w *bitWriter) symbol(s uint32) {
	switch {
	case s < 144:
		w.code(0x30+s, 8)
	case s < 256:
		w.code(0x190+s-144, 9)
	case s < 280:
		w.code(s-256, 7)
	default:
		w.code(0xc0+s-280, 8)
	}
}

// match writes a length and a distance in the fixed codes, in a slow but obvious way.
func (w *bitWriter) match(length, distance uint32) {
	s := 257
	for s < 285 && literalEntries[s+1]>>16 <= length {
		s++
	}
	w.symbol(uint32(s))
	w.bits(length-literalEntries[s]>>16, uint(literalEntries[s]&63))
	s = 0
	for s < 29 && distanceEntries[s+1]>>16 <= distance {
		s++
	}
	w.code(uint32(s), 5)
	w.bits(distance-distanceEntries[s]>>16, uint(distanceEntries[s]&63))
}

// zlibOf puts a header and a checksum around deflated data.
func zlibOf(deflated, text []byte) []byte {
	b := append([]byte{0x78, 0x9c}, deflated...)
	return binary.BigEndian.AppendUint32(b, adler32.Checksum(text))
}

func TestInflateEveryLengthAndDistance(t *testing.T) {
	leaveOutWithRace(t)
	text := sampleText(Window)
	var distances []int
	for d := 1; d <= 70; d++ {
		distances = append(distances, d)
	}
	for _, e := range distanceEntries[:30] {
		distances = append(distances, int(e>>16), int(e>>16)+1<<(e&63)-1)
	}
	w := &bitWriter{}
	for at := 0; at < len(text); at += 1 << 14 {
		w.bits(0, 3)
		w.bits(0, (8-w.count%8)%8)
		w.bits(1<<14, 16)
		w.bits(0xffff&^(1<<14), 16)
		w.b = append(w.b, text[at:at+1<<14]...)
		w.count += 8 << 14
	}
	w.bits(1|1<<1, 3)
	for _, d := range distances {
		for length := 3; length <= 258; length++ {
			w.match(uint32(length), uint32(d))
			for range length {
				text = append(text, text[len(text)-d])
			}
			w.symbol(uint32(length & 255))
			text = append(text, byte(length))
		}
	}
	w.symbol(256)
	stream := zlibOf(w.b, text)
	if err := sameAsGo(stream, 1000); err != nil {
		t.Fatalf("the test's stream is wrong: %v", err)
	}
	for _, size := range []int{1, 777, 1 << 16} {
		if got, err := inflateAll(bytes.NewReader(stream), size); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d at a time: got %d bytes, %v", size, len(got), err)
		}
	}
}

func goInflate(stream []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(stream))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, fuzzLimit+1))
}

// Streams may inflate to a thousand times their size; more than this is not compared.
const fuzzLimit = 1 << 20

// sameAsGo says what is different between what Go and this package make of a stream.
func sameAsGo(stream []byte, size int) error {
	want, wantErr := goInflate(stream)
	got, err := inflateAll(bytes.NewReader(stream), size)
	if len(want) > fuzzLimit {
		if len(got) <= fuzzLimit || !bytes.Equal(got[:len(want)], want) {
			return fmt.Errorf("got %d bytes, %v; want others", len(got), err)
		}
		return nil
	}
	if (err == nil) != (wantErr == nil) {
		return fmt.Errorf("got %v, want %v", err, wantErr)
	}
	if err == nil && !bytes.Equal(got, want) {
		return fmt.Errorf("got %d bytes, want %d others", len(got), len(want))
	}
	return nil
}

// smallStreams are streams with blocks of all kinds.
func smallStreams(t testing.TB) [][]byte {
	text := sampleText(3000)
	streams := [][]byte{deflated(t, nil, 6), deflated(t, []byte("a"), 6)}
	for _, level := range []int{zlib.HuffmanOnly, zlib.NoCompression, 1, 6, 9} {
		streams = append(streams, deflated(t, text[:700], level))
	}
	streams = append(streams, deflated(t, bytes.Repeat([]byte("abcabd"), 200), 6))
	streams = append(streams, deflated(t, make([]byte, 5000), 6))
	return streams
}

func TestInflateDamage(t *testing.T) {
	leaveOutWithRace(t)
	for i, stream := range smallStreams(t) {
		for at := range stream {
			if _, err := inflateAll(bytes.NewReader(stream[:at]), 1000); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("stream %d, the first %d bytes: got %v", i, at, err)
			}
			damaged := bytes.Clone(stream)
			damaged[at] ^= 1 << (at % 8)
			if err := sameAsGo(damaged, 1000); err != nil {
				t.Errorf("stream %d, byte %d: %v", i, at, err)
			}
		}
	}
}

// What a stream leaves must not show in the next one.
func TestReset(t *testing.T) {
	z := NewReader(nil)
	b := make([]byte, 10_000+Slack)
	for i, stream := range smallStreams(t) {
		for _, given := range [][]byte{stream, stream[:len(stream)/2], stream} {
			want, wantErr := goInflate(given)
			z.Reset(bytes.NewReader(given))
			n, err := z.Fill(b, 0)
			if (err == io.EOF) != (wantErr == nil) || wantErr == nil && !bytes.Equal(b[:n], want) {
				t.Errorf("stream %d: got %d bytes, %v, want %v", i, n, err, wantErr)
			}
		}
	}
}

// A stream whose checksum is the caller's to compare ends well with any.
func TestLeaveSum(t *testing.T) {
	text := sampleText(5000)
	stream := deflated(t, text, 6)
	stream[len(stream)-1]++
	z := NewReader(bytes.NewReader(stream))
	z.LeaveSum()
	b := make([]byte, len(text)+1+Slack)
	if n, err := z.Fill(b, 0); err != io.EOF || n != len(text) || z.Sum() != adler32.Checksum(text)+1 {
		t.Errorf("got %d bytes, %v, checksum %#x", n, err, z.Sum())
	}
	z.Reset(bytes.NewReader(stream))
	if _, err := z.Fill(b, 0); err != ErrChecksum {
		t.Errorf("after Reset: got %v", err)
	}
}

func TestInflateErrors(t *testing.T) {
	good := deflated(t, []byte("hello hello hello"), 6)
	wrongSum := bytes.Clone(good)
	wrongSum[len(wrongSum)-1]++
	for _, c := range []struct {
		name   string
		stream []byte
		want   error
	}{
		{"method", []byte{0x79, 0x9c, 3, 0}, ErrHeader},
		{"window", []byte{0x88, 0x1c, 3, 0}, ErrHeader},
		{"check bits", []byte{0x78, 0x9d, 3, 0}, ErrHeader},
		{"dictionary", []byte{0x78, 0xbb, 0, 0, 0, 2, 3, 0}, ErrDictionary},
		{"empty dictionary", []byte{0x78, 0xbb, 0, 0, 0, 1, 3, 0, 0, 0, 0, 1}, nil},
		{"kind of block", []byte{0x78, 0x9c, 7, 0, 0, 0, 0}, ErrCorrupt},
		{"checksum", wrongSum, ErrChecksum},
		{"too far back", zlibOf(tooFar(), nil), ErrCorrupt},
		{"empty", nil, io.ErrUnexpectedEOF},
	} {
		if _, err := inflateAll(bytes.NewReader(c.stream), 10); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// tooFar refers to the fourth of three bytes.
func tooFar() []byte {
	w := &bitWriter{}
	w.bits(3, 3)
	for s := range uint32(3) {
		w.symbol(s)
	}
	w.match(3, 4)
	w.symbol(256)
	return w.b
}

func FuzzInflate(f *testing.F) {
	for _, stream := range smallStreams(f) {
		f.Add(stream, uint16(1000))
	}
	f.Fuzz(func(t *testing.T, stream []byte, size uint16) {
		// Few mutations keep a header or checksum right.
		if stream = bytes.Clone(stream); len(stream) > 6 {
			stream[0], stream[1] = 0x78, 0x9c
			if text, err := goInflate(stream); errors.Is(err, zlib.ErrChecksum) {
				at := len(stream) - 4
				binary.BigEndian.PutUint32(stream[at:], adler32.Checksum(text))
			}
		}
		if err := sameAsGo(stream, 1+int(size)); err != nil {
			t.Error(err)
		}
	})
}
