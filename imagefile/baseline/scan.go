package baseline

import "image/jpeg"

// coefficients are those of a row of MCUs, block by block as they come.
type coefficients struct {
	first  []first
	blocks []block
}

// A first is the first coefficient of a block.
type first struct {
	dc   int32
	some bool // others are not 0
}

func newCoefficients(blocks int) *coefficients {
	return &coefficients{first: make([]first, blocks), blocks: make([]block, blocks)}
}

// A scanner decodes the codes of a scan.
type scanner struct {
	d    *Decoder
	bits bitReader
	part []int // of each block in an MCU

	before [3]int32 // the first coefficients before, by component
	left   int      // MCUs until the next restart marker, if there are such
	total  int      // MCUs to come
	marker byte     // the next restart marker
}

func newScanner(d *Decoder, l layout) *scanner {
	s := &scanner{d: d, total: l.across * l.down, left: d.restart, marker: rst0}
	s.bits.in = &d.in
	for _, at := range l.blocks {
		s.part = append(s.part, at.part)
	}
	return s
}

// mostBytes are as many as an MCU can take, with those that are read ahead.
const mostBytes = maxBlocks*64*enough/8*2 + 2*8

// row decodes a row of MCUs.
func (s *scanner) row(c *coefficients) error {
	for i := 0; i < len(c.blocks); i += len(s.part) {
		s.d.in.want(mostBytes)
		err := s.mcu(c.first[i:][:len(s.part)], c.blocks[i:][:len(s.part)])
		if short := s.bits.check(); short != nil {
			return short
		}
		if err != nil {
			return err
		}
		if err := s.follow(); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) mcu(to []first, blocks []block) error {
	for i, part := range s.part {
		c := &s.d.parts[part]
		diff, err := s.bits.dc(c.dc)
		if err != nil {
			return err
		}
		s.before[part] += int32(diff)
		blocks[i] = block{}
		some, err := s.bits.ac(c.ac, &blocks[i])
		if err != nil {
			return err
		}
		to[i] = first{s.before[part], some}
	}
	return nil
}

// follow reads the restart marker that follows an MCU, if one does.
func (s *scanner) follow() error {
	s.total--
	s.left--
	if s.d.restart == 0 || s.left > 0 || s.total == 0 {
		return nil
	}
	s.bits.align()
	if err := s.d.in.restart(s.marker); err != nil {
		return err
	}
	s.marker = rst0 + (s.marker-rst0+1)%8
	s.left = s.d.restart
	s.before = [3]int32{}
	return nil
}

// restart moves behind the marker, which data that is too long may precede.
func (in *input) restart(marker byte) error {
	b, err := in.next(2)
	if err != nil {
		return err
	}
	before, at := b[0], b[1]
	for before != 0xff || at != marker {
		switch {
		case before == 0xff && at != 0xff && at != 0:
			return jpeg.FormatError("bad RST marker")
		case at == 0xff:
			before = at
		default:
			if before, err = in.nextByte(); err != nil {
				return err
			}
		}
		if at, err = in.nextByte(); err != nil {
			return err
		}
	}
	return nil
}

// finish reads the rest of the file.
func (s *scanner) finish() error {
	s.bits.align()
	return s.d.rest()
}
