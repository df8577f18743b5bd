package explore

import (
	"fmt"
	"image/color"
	"math"

	"kompress/quantize"
)

// Schema is the version of the data's form. It rises when a name is taken away or
// gets another meaning, not when one is added.
const Schema = 1

// A Report is what is known about some images. The JSON names are part of the
// program's interface; the CSV uses the same.
type Report struct {
	Schema  int      `json:"schema"`
	Program string   `json:"program"` // and its version
	K       int      `json:"k"`       // palette entries asked for
	Space   string   `json:"space"`
	Effort  string   `json:"effort"`
	Seed    uint64   `json:"seed"`
	Images  []*Image `json:"images"`
}

// An Image is what is known about one image. Errors and PSNRs are of the image at 8
// bits a channel; a PSNR is null where there is no error.
type Image struct {
	Name     string `json:"name"`
	Format   string `json:"format"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	Bytes    int64  `json:"bytes"`
	Deep     bool   `json:"more_than_8_bits"`
	Engine   string `json:"engine"`
	Distinct int    `json:"distinct_colors"`

	Coverage      []Coverage    `json:"coverage"`
	CoverageCurve []Coverage    `json:"coverage_curve"`     // as it is drawn
	Transparent   uint64        `json:"transparent_pixels"` // fully: they have no color
	Histogram     Histogram     `json:"histogram"`
	Result        Result        `json:"result"`
	Palette       []Entry       `json:"palette"`
	Sweep         []Row         `json:"sweep"`
	Seconds       float64       `json:"sweep_seconds"` // with the search for the targets
	Elbow         Elbow         `json:"elbow"`
	Targets       []Target      `json:"targets"`
	Convergence   []Convergence `json:"convergence"`
	ErrorUnit     string        `json:"convergence_unit"` // mse, or relative to the seeds' error
	Error         ErrorStats    `json:"error"`

	figures figures
}

// A Coverage says how few colours make up a share of the pixels.
type Coverage struct {
	Share  float64 `json:"share"`
	Colors int     `json:"colors"` // the commonest
}

// A Histogram has, for each value of a channel, the number of pixels; those that are
// fully transparent are left out.
type Histogram struct {
	Red   [256]uint64 `json:"red"`
	Green [256]uint64 `json:"green"`
	Blue  [256]uint64 `json:"blue"`
}

// A Result is the image in k colours, as the compress command makes it.
type Result struct {
	K         int      `json:"k"` // palette entries asked for
	Colors    int      `json:"colors"`
	MSE       float64  `json:"mse"`
	PSNR      *float64 `json:"psnr_db"`
	Bytes     int64    `json:"bytes"`
	Lossless  bool     `json:"lossless"` // not where bits beyond the eighth were lost
	Steps     int      `json:"steps"`
	Passes    int      `json:"passes"`
	Converged bool     `json:"converged"`
}

// An Entry is one of the palette.
type Entry struct {
	Hex        string  `json:"hex"` // #rrggbb, with aa behind it where translucent
	Pixels     uint64  `json:"pixels"`
	Share      float64 `json:"share"`
	RMS        float64 `json:"rms_error"`   // of its pixels, in levels
	ErrorShare float64 `json:"error_share"` // of all squared error
	Worst      string  `json:"worst_color"` // the image's colour that adds most to it; empty if none does
	WorstShare float64 `json:"worst_error_share"`

	color color.NRGBA
	worst color.NRGBA
}

// A Row is the result of one k.
type Row struct {
	K        int      `json:"k"`
	Colors   int      `json:"colors"`
	MSE      float64  `json:"mse"`
	PSNR     *float64 `json:"psnr_db"`
	Bytes    int64    `json:"bytes"`
	Lossless bool     `json:"lossless"`
}

// Exact says whether each pixel keeps its colour at 8 bits a channel. For an image
// that has no more, that is lossless.
func (r Row) Exact() bool { return r.MSE == 0 }

// Exact is like that of a Row.
func (r Result) Exact() bool { return r.MSE == 0 }

// An Elbow is the k beyond which more colours help less.
type Elbow struct {
	K      *int   `json:"k"` // nil with a reason
	Reason string `json:"reason,omitempty"`
}

// A Target is a k whose PSNR is at least so high while that of the next lower is not.
type Target struct {
	Want   float64  `json:"want_psnr_db"`
	K      *int     `json:"k"` // nil with a reason
	Colors int      `json:"colors,omitempty"`
	MSE    *float64 `json:"mse"`
	PSNR   *float64 `json:"psnr_db"`
	Bytes  *int64   `json:"bytes"`
	Reason string   `json:"reason,omitempty"`
}

// A Convergence is the error at one stage of the clustering. That of a pass is what
// the pass found, before it moved the centroids.
type Convergence struct {
	Kind   string  `json:"kind"` // one of the kinds below
	Number int     `json:"number"`
	Error  float64 `json:"error"`
}

// Kinds of Convergence.
const (
	kindSeeds   = "seeds"
	kindBatch   = "mini-batch"
	kindPass    = "pass"
	kindPalette = "palette" // the centroids rounded to colours; only where the unit is the same
)

// ErrorStats are about the errors of pixels. That of a pixel is the root of its mean
// squared error over the three channels, in 8-bit levels.
type ErrorStats struct {
	RMS     float64    `json:"rms"`
	Median  float64    `json:"median"`
	P90     float64    `json:"p90"`
	P99     float64    `json:"p99"`
	P999    float64    `json:"p99_9"`
	Max     float64    `json:"max"`
	Visible float64    `json:"visible_level"`
	Above   float64    `json:"share_above_visible"`
	Levels  []LevelRow `json:"levels"`
}

// A LevelRow says what share of the pixels have an error above a level.
type LevelRow struct {
	Level int     `json:"level"`
	Above float64 `json:"share_above"`
}

// psnr returns nil for no error.
func psnr(mse float64) *float64 {
	if mse == 0 {
		return nil
	}
	v := quantize.PSNR(mse)
	return &v
}

// Spread says in words how errors are spread over the pixels.
func (s ErrorStats) Spread() string {
	return fmt.Sprintf("half of the pixels are off by no more than %.2f levels, 90 %% by no more than %.2f, 99 %% by no more than %.2f, all by no more than %.2f",
		s.Median, s.P90, s.P99, s.Max)
}

// level returns a squared error, summed over three channels, in levels.
func level(square float64) float64 { return math.Sqrt(square / 3) }

func hexOf(c color.NRGBA) string {
	if c.A == 255 {
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	return fmt.Sprintf("#%02x%02x%02x%02x", c.R, c.G, c.B, c.A)
}
