package explore

import "math"

// A curvePoint is a point of what k does, as it is drawn.
type curvePoint struct {
	k     int
	mse   float64
	bytes int64
}

// curve returns the points of the sweep. It ends with the first that is exact, at
// the number of colours that the image has: more change nothing.
func curve(rows []Row) []curvePoint {
	var points []curvePoint
	for _, r := range rows {
		if r.Exact() {
			return append(points, curvePoint{max(1, r.Colors), r.MSE, r.Bytes})
		}
		points = append(points, curvePoint{r.K, r.MSE, r.Bytes})
	}
	return points
}

// leastBend is how far below the chord an elbow is, as a share of the chart's height:
// of a straight line some point is always the lowest.
const leastBend = 0.05

// findElbow returns the k of the point farthest below the chord from the first point
// to the last, on a chart of the error against the logarithm of k that has both axes
// cut to the curve: Kneedle (Satopää et al. 2011), without smoothing.
func findElbow(points []curvePoint) Elbow {
	if len(points) < 3 {
		return Elbow{Reason: "fewer than 3 points"}
	}
	first, last := points[0], points[len(points)-1]
	width, height := math.Log2(float64(last.k))-math.Log2(float64(first.k)), first.mse-last.mse
	if !(height > 0) {
		return Elbow{Reason: "the error does not fall"}
	}
	best, bend := 0, 0.0
	for _, p := range points {
		x := (math.Log2(float64(p.k)) - math.Log2(float64(first.k))) / width
		y := (p.mse - last.mse) / height
		if below := 1 - x - y; below > bend {
			best, bend = p.k, below
		}
	}
	if bend < leastBend {
		return Elbow{Reason: "the curve has no bend"}
	}
	return Elbow{K: &best}
}
