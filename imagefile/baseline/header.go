package baseline

import (
	"encoding/binary"
	"errors"
	"image"
	"io"
)

// An Unusual error says why a JPEG is left to [image/jpeg], such as "it is a progressive
// JPEG". Whether it can be decoded at all is not known.
type Unusual string

func (u Unusual) Error() string { return string(u) }

// Progressive is what image/jpeg keeps all coefficients of.
const Progressive Unusual = "it is a progressive JPEG"

const (
	unusual  Unusual = "it is an unusual JPEG"
	inked    Unusual = "it is a JPEG in CMYK"
	separate Unusual = "its channels are in separate scans"
	repeated Unusual = "it has more than one scan"
	runs     Unusual = "it has codes of a progressive JPEG"
)

// Markers of segments, in T.81's table B.1.
const (
	sof0 = 0xc0 // frame, baseline
	sof1 = 0xc1 // frame, extended
	sof2 = 0xc2 // frame, progressive
	dht  = 0xc4 // Huffman tables
	rst0 = 0xd0
	rst7 = 0xd7
	soi  = 0xd8
	eoi  = 0xd9
	sos  = 0xda // scan
	dqt  = 0xdb // quantization tables
	dri  = 0xdd // restart interval
	app0 = 0xe0
	appE = 0xee // Adobe's
	appF = 0xef
	com  = 0xfe
)

// A Decoder has read a JPEG up to the image itself.
type Decoder struct {
	Size image.Point

	in       input
	parts    []component // in the order of the frame
	scan     []int       // which of them, in the order of the scan
	baseline bool        // as the frame says; extended otherwise
	restart  int         // blocks that belong together from one restart marker to the next
	quant    [4]factors
	dc, ac   [4]*table

	jfif      bool
	adobe     bool
	transform uint8 // as Adobe's segment says
}

// A component is one of the channels.
type component struct {
	id    uint8
	h, v  int // sampling factors: blocks across and down of those that belong together
	quant uint8
	dc    *table
	ac    *table
}

// New reads a JPEG from its beginning to where its first scan begins. Its errors are an
// [Unusual] one, [io.ErrUnexpectedEOF] and those of r.
func New(r io.Reader) (*Decoder, error) {
	d := &Decoder{in: newInput(r)}
	b, err := d.in.next(2)
	if err != nil {
		return nil, err
	}
	if b[0] != 0xff || b[1] != soi {
		return nil, unusual
	}
	for d.scan == nil {
		marker, err := d.segment()
		if err != nil {
			return nil, err
		}
		if marker == eoi {
			return nil, unusual
		}
	}
	return d, nil
}

// Check reads a JPEG without decoding it. It returns the error of [New], or the [Unusual]
// one that Decode would come to later. What else is wrong is for Decode to say.
func Check(r io.Reader) error {
	d, err := New(r)
	if err != nil {
		return err
	}
	if u := Unusual(""); errors.As(d.rest(), &u) {
		return u
	}
	return nil
}

// rest reads the rest of the file, up to the marker that ends it.
func (d *Decoder) rest() error {
	rgb := d.rgb()
	for {
		marker, err := d.segment()
		if err != nil {
			return err
		}
		if marker == eoi {
			break
		}
	}
	if d.rgb() != rgb {
		return unusual
	}
	return nil
}

// segment reads the next segment and returns its marker.
func (d *Decoder) segment() (marker byte, err error) {
	marker, err = d.marker()
	if err != nil || marker == eoi || rst0 <= marker && marker <= rst7 {
		return marker, err // a restart marker may stand behind the last blocks
	}
	b, err := d.in.next(2)
	if err != nil {
		return 0, err
	}
	n := int(binary.BigEndian.Uint16(b)) - 2
	if n < 0 {
		return 0, unusual
	}
	b, err = d.in.next(n)
	if err != nil {
		return 0, err
	}
	return marker, d.take(marker, b)
}

// marker returns the next marker. Anything before it is skipped, as libjpeg does.
func (d *Decoder) marker() (byte, error) {
	for {
		if err := d.in.find(0xff); err != nil {
			return 0, err
		}
		at, err := d.in.nextByte()
		if at == 0 && err == nil {
			continue // 0xff00 is data
		}
		for at == 0xff && err == nil { // fill
			at, err = d.in.nextByte()
		}
		return at, err
	}
}

// take reads what a segment holds.
func (d *Decoder) take(marker byte, b []byte) error {
	switch marker {
	case sof0, sof1:
		d.baseline = marker == sof0
		return d.takeFrame(b)
	case sof2:
		return Progressive
	case dht:
		return d.takeTables(b)
	case dqt:
		return d.takeFactors(b)
	case dri:
		if len(b) != 2 {
			return unusual
		}
		d.restart = int(binary.BigEndian.Uint16(b))
		return nil
	case sos:
		return d.takeScan(b)
	case app0:
		if len(b) >= 5 {
			d.jfif = string(b[:5]) == "JFIF\x00"
		}
		return nil
	case appE:
		if len(b) >= 12 && string(b[:5]) == "Adobe" {
			d.adobe, d.transform = true, b[11]
		}
		return nil
	}
	if app0 < marker && marker <= appF || marker == com {
		return nil
	}
	return unusual
}

// rgb says whether the channels are red, green and blue rather than YCbCr.
func (d *Decoder) rgb() bool {
	if d.jfif || len(d.parts) != 3 {
		return false
	}
	return d.adobe && d.transform == 0 || d.parts[0].id == 'R' && d.parts[1].id == 'G' && d.parts[2].id == 'B'
}
