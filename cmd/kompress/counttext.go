package main

import (
	"fmt"

	"kompress/cmd/kompress/countsfile"
	"kompress/cmd/kompress/words"
)

// A countsSummary is what is told about a file that was counted, or about all. The JSON
// names are part of the program's interface.
type countsSummary struct {
	Input         string   `json:"input,omitempty"`
	Output        string   `json:"output,omitempty"` // - is standard output
	Format        string   `json:"format,omitempty"` // counts, or that of an image
	Width         int      `json:"width,omitempty"`
	Height        int      `json:"height,omitempty"`
	BytesIn       int64    `json:"bytes_in,omitempty"`
	BytesOut      int64    `json:"bytes_out,omitempty"`
	Images        uint64   `json:"images"`
	Pixels        uint64   `json:"pixels"`
	Distinct      int      `json:"distinct_colors"`
	Converted     bool     `json:"converted"` // colors of some images, to sRGB
	ConvertedFrom string   `json:"converted_from,omitempty"`
	Notes         []string `json:"notes,omitempty"`
	Seconds       float64  `json:"seconds,omitempty"`
}

func (f *countedFile) summary() *countsSummary {
	s := summaryOf(f.File)
	s.Input, s.Format, s.Width, s.Height, s.BytesIn = f.path, f.format, f.size.X, f.size.Y, f.bytes
	s.ConvertedFrom, s.Notes = f.convertedFrom, f.notes
	return s
}

func summaryOf(f *countsfile.File) *countsSummary {
	return &countsSummary{Images: f.Images, Pixels: f.Pixels(), Distinct: f.Distinct(), Converted: f.Converted}
}

// line tells of an image its size, of a file of counts how many images it is of.
func (f *countedFile) line() string {
	return displayName(f.path) + ": " + f.summary().found()
}

func (s *countsSummary) found() string {
	text := words.Count(s.Distinct, "color") + ", " + words.Count(int(s.Pixels), "pixel")
	switch {
	case s.Width > 0:
		text += fmt.Sprintf(" (%d x %d)", s.Width, s.Height)
	default:
		text += ", " + words.Count(int(s.Images), "image")
	}
	if s.ConvertedFrom != "" {
		text += ", converted from " + words.Printable(s.ConvertedFrom)
	}
	return text
}

// all tells about all files together.
func (j *count) all(sum *countsfile.File, bytes int64) *countsSummary {
	s := summaryOf(sum)
	s.BytesOut, s.Seconds = bytes, j.clock.total().Seconds()
	if s.Output = j.path; j.stream {
		s.Output = "-"
	}
	return s
}

func (s *countsSummary) line() string {
	name, size := words.Printable(s.Output), ", "+words.Bytes(s.BytesOut)
	switch s.Output {
	case "":
		name, size = "together", ""
	case "-":
		name = "standard output"
	}
	return fmt.Sprintf("%s: %s%s, %s", name, s.found(), size, secondsText(s.Seconds))
}
