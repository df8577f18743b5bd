package icc

import "math"

// A matrix has three rows.
type matrix [3][3]float64

type vector [3]float64

// mul returns m·n. The conversions keep products from being added unrounded on some
// processors and not on others.
func (m *matrix) mul(n *matrix) (product matrix) {
	for i := range 3 {
		for j := range 3 {
			product[i][j] = float64(m[i][0]*n[0][j]) + float64(m[i][1]*n[1][j]) + float64(m[i][2]*n[2][j])
		}
	}
	return product
}

func (m *matrix) apply(v vector) (product vector) {
	for i := range 3 {
		product[i] = float64(m[i][0]*v[0]) + float64(m[i][1]*v[1]) + float64(m[i][2]*v[2])
	}
	return product
}

// inverse returns the inverse, and false if there is none that is of use.
func (m *matrix) inverse() (inverse matrix, ok bool) {
	var cofactors matrix
	for i := range 3 {
		for j := range 3 {
			a, b, c, d := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
			cofactors[j][i] = float64(m[a][c]*m[b][d]) - float64(m[a][d]*m[b][c])
		}
	}
	det := float64(m[0][0]*cofactors[0][0]) + float64(m[0][1]*cofactors[1][0]) + float64(m[0][2]*cofactors[2][0])
	if math.Abs(det) < 1e-4 || math.IsNaN(det) {
		return inverse, false
	}
	for i := range 3 {
		for j := range 3 {
			inverse[i][j] = cofactors[i][j] / det
		}
	}
	return inverse, true
}

// isIdentity says whether m changes nothing that 16 bits can tell.
func (m *matrix) isIdentity() bool {
	for i := range 3 {
		for j := range 3 {
			want := 0.0
			if i == j {
				want = 1
			}
			if math.Abs(m[i][j]-want) >= 1.0/65535 {
				return false
			}
		}
	}
	return true
}

func diagonal(v vector) matrix { return matrix{{v[0]}, {0, v[1]}, {0, 0, v[2]}} }
