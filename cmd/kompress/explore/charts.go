package explore

// Figures are what is shown of an image beside its numbers.
type figures struct {
	*pictures
	previews    [][]byte
	green, blue planeView
	points      []point3 // smaller than pictures of them
}

// charts returns an image's, in the order of the report. Some have nothing to show for
// images that are kept as they are.
func (m *Image) charts() []*chart {
	list := []*chart{}
	if points := curve(m.Sweep); len(points) > 1 {
		list = append(list, m.errorChart(points), m.psnrChart(points), m.sizeChart(points), m.rateChart(points))
	}
	if len(m.Convergence) > 1 {
		list = append(list, m.convergenceChart())
	}
	list = append(list, m.planeCharts()...)
	list = append(list, m.cubeChart("cube-before", false), m.cubeChart("cube-after", true))
	list = append(list, m.histogramChart())
	if m.Distinct > 1 {
		list = append(list, m.coverageChart())
	}
	if m.Error.Max > 0 {
		list = append(list, m.levelsChart())
	}
	return list
}
