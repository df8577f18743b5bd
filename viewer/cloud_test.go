package viewer

import (
	"context"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
)

func resultOf(t *testing.T, m image.Image, colors int) *result {
	t.Helper()
	s, err := quantize.NewSession(context.Background(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Cluster(context.Background(), quantize.Options{Colors: colors, Effort: kmeans.Fast})
	if err != nil {
		t.Fatal(err)
	}
	return &result{counts: s.Counts(), found: q}
}

// checkCloud compares the points with every so manieth of the colours.
func checkCloud(t *testing.T, c *cloud, r *result) {
	t.Helper()
	n := r.counts.Distinct()
	stride := (n + c.most - 1) / c.most
	if len(c.points) != 4*len(c.index) || len(c.index) != (n+stride-1)/stride || len(c.index) > c.most || c.left != n-len(c.index) {
		t.Fatalf("got %d points, %d entries and %d left of %d", len(c.points)/4, len(c.index), c.left, n)
	}
	i := 0
	for key, entry := range r.found.Table().All() {
		if i%stride == 0 {
			want := key.NRGBA()
			if p := [4]uint8(c.points[4*(i/stride):]); p != [4]uint8{want.R, want.G, want.B, want.A} || c.index[i/stride] != entry {
				t.Fatalf("color %d: got %v of entry %d, want %v of %d", i, p, c.index[i/stride], want, entry)
			}
		}
		i++
	}
	if len(c.balls) != len(r.found.Palette) {
		t.Fatalf("got %d balls for %d entries", len(c.balls), len(r.found.Palette))
	}
	for i, b := range c.balls {
		if b.color != r.found.Palette[i] || b.size < 0.02 || b.size > 0.13 {
			t.Errorf("ball %d: got %+v, want %v", i, b, r.found.Palette[i])
		}
		if j := (i + 1) % len(c.balls); r.found.Counts[i] > r.found.Counts[j] && b.size < c.balls[j].size {
			t.Errorf("ball %d is larger than %d", j, i)
		}
	}
}

func TestCloudPoints(t *testing.T) {
	alone(t)
	c := newCloud()
	first := resultOf(t, faint(70, 60, 1), 9)
	if points, entries := c.update(first); points || entries || len(c.points) > 0 {
		t.Error("points are made for a cloud that is off")
	}
	c.next()
	if points, entries := c.update(nil); points || entries {
		t.Error("there are points of nothing")
	}
	for _, most := range []int{maxPoints, 4000, 1000, 7, 1} {
		c = newCloud()
		c.next()
		c.most = most
		if points, entries := c.update(first); !points || !entries {
			t.Error("nothing is new")
		}
		checkCloud(t, &c, first)
		if points, entries := c.update(first); points || entries {
			t.Error("it is new again")
		}
		again := &result{counts: first.counts, found: resultOf(t, faint(70, 60, 1), 5).found}
		if points, entries := c.update(again); points || !entries {
			t.Error("only entries are new")
		}
		checkCloud(t, &c, again)
		other := resultOf(t, noise(20, 20, 2), 3)
		if points, entries := c.update(other); !points || !entries {
			t.Error("all is new")
		}
		checkCloud(t, &c, other)
	}
}

func TestCloudModes(t *testing.T) {
	c := newCloud()
	for _, want := range []cloudMode{cloudBeside, cloudAlone, cloudOff, cloudBeside} {
		if c.next(); c.mode != want {
			t.Errorf("got %d, want %d", c.mode, want)
		}
	}
}

// However it is turned, all of the cube is on the screen and between the planes.
func TestCloudStaysInside(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	c := newCloud()
	for range 5000 {
		c.turn(float32(r.NormFloat64()*300), float32(r.NormFloat64()*300), 400)
		if c.pitch < -math.Pi/2 || c.pitch > math.Pi/2 {
			t.Fatalf("got a pitch of %v", c.pitch)
		}
		width, height := float32(100+r.IntN(1000)), float32(100+r.IntN(1000))
		m := c.matrix(width, height)
		for corner := range 8 {
			p := [4]float64{float64(corner & 1), float64(corner >> 1 & 1), float64(corner >> 2), 1}
			var at [4]float64
			for row := range 4 {
				for column := range 4 {
					at[row] += float64(m[4*column+row]) * p[column]
				}
			}
			if math.Abs(at[0]) > 1.0001 || math.Abs(at[1]) > 1.0001 || math.Abs(at[2]) > 1 || at[3] != 1 {
				t.Fatalf("yaw %v, pitch %v, %v × %v: corner %v is at %v", c.yaw, c.pitch, width, height, p, at)
			}
		}
	}
}

// The matrix turns without bending: edges of the cube stay as long, and at right
// angles.
func TestCloudIsRigid(t *testing.T) {
	c := newCloud()
	c.turn(123, -77, 400)
	m := c.matrix(500, 500)
	scale := [3]float64{1.12, 1.12, -0.5}
	for a := range 3 {
		for b := range 3 {
			dot := 0.0
			for row := range 3 {
				dot += float64(m[4*a+row]) / scale[row] * float64(m[4*b+row]) / scale[row]
			}
			want := 0.0
			if a == b {
				want = 1
			}
			if math.Abs(dot-want) > 1e-5 {
				t.Errorf("axes %d and %d: got %v, want %v", a, b, dot, want)
			}
		}
	}
}

func TestCloudZoom(t *testing.T) {
	c := newCloud()
	before := c.matrix(300, 200)
	c.wheel(4)
	after := c.matrix(300, 200)
	if math.Abs(c.zoom-2) > 1e-9 || math.Abs(float64(after[0]-2*before[0])) > 1e-6 || after[2] != before[2] {
		t.Errorf("got %v, %v after %v", c.zoom, after, before)
	}
}

func TestHalves(t *testing.T) {
	for _, r := range []struct{ w, h float32 }{{101, 50}, {50, 101}, {40, 40}, {1, 1}} {
		whole := areaOf(0, 0)
		whole.X, whole.Y, whole.W, whole.H = 13, 17, r.w, r.h
		a, b := halves(whole)
		if !within(a, whole) || !within(b, whole) || intersect(a, b) || a.W*a.H+b.W*b.H != r.w*r.h {
			t.Errorf("%v: got %v and %v", whole, a, b)
		}
		if beside := r.w > r.h; beside != (b.X > a.X) || beside == (b.Y > a.Y) && r.h > 1 {
			t.Errorf("%v: got %v and %v", whole, a, b)
		}
	}
}

// The 12 edges of the cube, each in pieces that follow each other.
func TestEdges(t *testing.T) {
	points := edges()
	if len(points)%8 != 0 {
		t.Fatalf("got %d bytes, want pairs of points", len(points))
	}
	length, ends := map[[3]int]int{}, map[[4]uint8]int{}
	for i := 0; i < len(points); i += 8 {
		from, to := [4]uint8(points[i:]), [4]uint8(points[i+4:])
		if from[3] != 255 || to[3] != 255 {
			t.Fatal("an edge is transparent")
		}
		ends[from]++
		ends[to]++
		edge, moved := [3]int{}, 0
		for axis := range 3 {
			if d := int(to[axis]) - int(from[axis]); d != 0 {
				edge[axis] = -1
				moved += d
			} else if edge[axis] = int(from[axis]); edge[axis]%255 != 0 {
				t.Fatalf("%v to %v is in a face", from, to)
			}
		}
		length[edge] += moved
	}
	if len(length) != 12 {
		t.Errorf("got %d edges, want 12", len(length))
	}
	for edge, n := range length {
		if n != 255 {
			t.Errorf("edge %v is %d long, want 255", edge, n)
		}
	}
	for p, n := range ends {
		if want := 2; n != want && n != 3 || n == 3 && (int(p[0])%255+int(p[1])%255+int(p[2])%255) != 0 {
			t.Errorf("%d pieces end at %v", n, p)
		}
	}
}
