package icc

// checkTables checks what LittleCMS will read of a profile that converts by tables.
// It reads a matrix and curves too, where there are any, to learn how dark the
// darkest color is.
func (p *Profile) checkTables(tags tagTable) error {
	for _, name := range []string{"A2B0", "A2B1"} {
		if err := p.checkTable(tags[name]); err != nil {
			return err
		}
	}
	for _, name := range []string{"rTRC", "gTRC", "bTRC", "kTRC"} {
		if tags[name] == nil {
			continue
		}
		if _, err := readCurve(tags[name]); err != nil {
			return err
		}
	}
	return nil
}

// The kinds of tables begin with a signature, 4 bytes for later use and the numbers of
// channels in and out.
func (p *Profile) checkTable(tag []byte) error {
	if tag == nil {
		return nil
	}
	if len(tag) < 32 {
		return damaged("a table has %d bytes, want 32 at least", len(tag))
	}
	in, out := int(tag[8]), int(tag[9])
	if in != p.Space.channels() || out != 3 {
		return damaged("a table has %d channels in and %d out, want %d and 3", in, out, p.Space.channels())
	}
	switch string(tag[:4]) {
	case "mft1":
		return checkSize(tag, 48+256*in+gridSize(int(tag[10]), in)*out+256*out)
	case "mft2":
		if len(tag) < 52 {
			return damaged("a table has %d bytes, want 52 at least", len(tag))
		}
		entries, exits := int(uint16At(tag, 48)), int(uint16At(tag, 50))
		if entries < 2 || exits < 2 || entries > 4096 || exits > 4096 {
			return damaged("curves of a table have %d and %d points, want 2 to 4096", entries, exits)
		}
		return checkSize(tag, 52+2*(entries*in+gridSize(int(tag[10]), in)*out+exits*out))
	case "mAB ":
		return checkStages(tag, in, out)
	}
	return damaged("%q is no kind of table", tag[:4])
}

func checkSize(tag []byte, want int) error {
	if len(tag) < want {
		return damaged("a table has %d bytes, want %d", len(tag), want)
	}
	return nil
}

// gridSize returns n to the power of channels, of which there are 4 at most. It is
// more than any profile has where a table cannot have so few points.
func gridSize(n, channels int) int {
	if n < 2 {
		return 2 * MaxSize
	}
	size := 1
	for range channels {
		size *= n
	}
	return min(size, 2*MaxSize)
}

// checkStages checks a table of version 4. It has the places of the curves before and
// behind a matrix, of the matrix, of the grid and of the curves before that; 0 is for
// what is missing.
func checkStages(tag []byte, in, out int) error {
	stages := []struct{ at, curves, size int }{
		{12, out, 0}, {16, 0, 48}, {20, out, 0}, {24, 0, 20}, {28, in, 0},
	}
	for _, s := range stages {
		at := uint32At(tag, s.at)
		if at == 0 {
			continue
		}
		if uint64(at) < 32 || uint64(at)+uint64(max(s.size, 12)) > uint64(len(tag)) {
			return damaged("a part of a table is not within it")
		}
		if err := checkCurves(tag[at:], s.curves); err != nil {
			return err
		}
	}
	grid := uint32At(tag, 24)
	if grid == 0 {
		if in != out {
			return damaged("a table has %d channels in, %d out and nothing between", in, out)
		}
		return nil
	}
	return checkGrid(tag[grid:], in, out)
}

// checkCurves checks n curves that follow each other at multiples of 4 bytes.
func checkCurves(p []byte, n int) error {
	for range n {
		if _, err := readCurve(p); err != nil {
			return err
		}
		size := curveSize(p)
		p = p[min(len(p), (size+3)&^3):]
	}
	return nil
}

func curveSize(p []byte) int {
	if string(p[:4]) == "curv" {
		return 12 + 2*int(uint32At(p, 8))
	}
	return 12 + 4*powerCounts[uint16At(p, 8)]
}

// checkGrid checks a grid: a number of points for each channel, at most 16, how many
// bytes a number has, and the numbers.
func checkGrid(p []byte, in, out int) error {
	size, width := out, int(p[16])
	for _, n := range p[:in] {
		if n < 2 {
			return damaged("a table has %d points for a channel, want 2 at least", n)
		}
		size = min(size*int(n), 2*MaxSize)
	}
	if width != 1 && width != 2 {
		return damaged("a table has numbers of %d bytes, want 1 or 2", width)
	}
	return checkSize(p, 20+size*width)
}
