package icc

// IsSRGB says whether the space is sRGB, but for roundings: whether converting would
// change no number of 8 bits by more than 1. It tries some thousand colors.
func (p *Profile) IsSRGB() bool {
	switch {
	case p.tables:
		return false
	case p.Space == Gray:
		return p.grayIsSRGB()
	}
	m := p.model()
	return m.curvesAreSRGB() && m.table8().changesLittle()
}

// curvesAreSRGB is a first look, which costs less. Colors off it by a level in each
// channel may still be the same after the matrix; two are too much.
func (m *model) curvesAreSRGB() bool {
	for _, c := range m.curves {
		for v := 0; v < 256; v += 15 {
			if !near(encode16(c.at(float32(v)/255)), v, 2) {
				return false
			}
		}
	}
	return true
}

// changesLittle tries colors all over the cube and all grays.
func (t *table8) changesLittle() bool {
	const step = 17
	for r := 0; r < 256; r += step {
		for g := 0; g < 256; g += step {
			for b := 0; b < 256; b += step {
				if !t.keeps(r, g, b) {
					return false
				}
			}
		}
	}
	for v := range 256 {
		if !t.keeps(v, v, v) || !t.keeps(v, 0, 0) || !t.keeps(0, v, 0) || !t.keeps(0, 0, v) {
			return false
		}
	}
	return true
}

func (t *table8) keeps(r, g, b int) bool {
	red, green, blue := t.at(uint8(r), uint8(g), uint8(b))
	return abs(int(red)-r) <= 1 && abs(int(green)-g) <= 1 && abs(int(blue)-b) <= 1
}

func (p *Profile) grayIsSRGB() bool {
	black := p.black()
	for v := range 256 {
		if !near(encode16(p.grayLight(uint16(v)*257, black)), v, 1) {
			return false
		}
	}
	return true
}

// near says whether v is not more than some levels of 8 bits from level.
func near(v uint16, level, levels int) bool { return abs(int(narrow(v))-level) <= levels }

func abs(v int) int { return max(v, -v) }
