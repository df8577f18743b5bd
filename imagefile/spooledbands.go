package imagefile

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
)

// A SpooledBands is an indexed image in a temporary file, a byte a pixel: one that comes
// by bands, but of which something has to be known before any of it is written.
type SpooledBands struct {
	Banded
	Used [maxPaletteLen]bool // entries that some pixel has

	temp *spooled
}

// SpoolBands takes all bands of m, of which it does not use the sample. Bands that are not
// those of the image are an error, [ErrNoPixels].
func SpoolBands(ctx context.Context, m *Banded) (*SpooledBands, error) {
	temp, err := newSpooled()
	if err != nil {
		return nil, err
	}
	s := &SpooledBands{Banded: Banded{Size: m.Size, Palette: m.Palette}, temp: temp}
	s.Sample, s.Each = s.row, s.each
	to := &spoolWriter{ctx, temp.file}
	err = m.inOrder(ctx, func(band *image.Paletted) error {
		for y := range band.Rect.Dy() {
			row := band.Pix[y*band.Stride:][:band.Rect.Dx()]
			for _, v := range row {
				s.Used[v] = true
			}
			if _, err := to.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, temp.Close())
	}
	return s, nil
}

// Close removes the file. It may be called twice.
func (s *SpooledBands) Close() error {
	if s.temp == nil {
		return nil
	}
	err := s.temp.Close()
	s.temp = nil
	return err
}

// row returns the indices of a row. What cannot be read of it is 0: each will say so.
func (s *SpooledBands) row(y int) []uint8 {
	row := make([]uint8, s.Size.X)
	if s.temp == nil {
		return row
	}
	s.temp.file.ReadAt(row, int64(y)*int64(s.Size.X))
	return row
}

func (s *SpooledBands) each(ctx context.Context, do func(band *image.Paletted) error) error {
	if s.temp == nil {
		return os.ErrClosed
	}
	rows := max(1, (1<<20)/s.Size.X)
	pix := make([]uint8, min(rows, s.Size.Y)*s.Size.X)
	for y := 0; y < s.Size.Y; y += rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		band := image.Rect(0, y, s.Size.X, min(y+rows, s.Size.Y))
		part := pix[:band.Dy()*s.Size.X]
		if _, err := s.temp.file.ReadAt(part, int64(y)*int64(s.Size.X)); err != nil {
			return fmt.Errorf("cannot be read back from the temporary file: %w", reason(err))
		}
		if err := do(&image.Paletted{Pix: part, Stride: s.Size.X, Rect: band, Palette: s.Palette}); err != nil {
			return err
		}
	}
	return nil
}

// WriteWhole writes to w all of what write writes, or nothing if that fails: it waits in a
// temporary file until it is complete. It returns how many bytes were written.
func WriteWhole(ctx context.Context, w io.Writer, write func(io.Writer) error) (int64, error) {
	temp, err := newSpooled()
	if err != nil {
		return 0, err
	}
	defer temp.Close()
	if err := write(&spoolWriter{ctx, temp.file}); err != nil {
		return 0, err
	}
	if _, err := temp.file.Seek(0, io.SeekStart); err != nil {
		return 0, reason(err)
	}
	n, err := io.Copy(w, onlyReader{temp.file})
	return n, err
}
