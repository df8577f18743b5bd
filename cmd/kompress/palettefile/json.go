package palettefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// decodeJSON reads an array of colours as texts, or an object that has one as its
// colors.
func decodeJSON(data []byte) (*Palette, error) {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	var object struct {
		Name   string   `json:"name"`
		Colors []string `json:"colors"`
	}
	var err error
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("[")) {
		err = json.Unmarshal(data, &object.Colors)
	} else {
		err = json.Unmarshal(data, &object)
	}
	if err != nil {
		return nil, jsonError(data, err)
	}
	p := &Palette{Name: object.Name}
	for i, text := range object.Colors {
		c, err := ParseColor(text)
		if err != nil {
			return nil, fmt.Errorf("color %d: %w", i+1, err)
		}
		p.Colors = append(p.Colors, Color{NRGBA: c})
	}
	return p, nil
}

// jsonError says in which line what is wrong.
func jsonError(data []byte, err error) error {
	offset := int64(-1)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
		err = fmt.Errorf(`got JSON with a %s in it, want ["#rrggbb", ...] or {"colors": ["#rrggbb", ...]}`, kind.Value)
	}
	if offset < 0 || offset > int64(len(data)) {
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:offset], []byte("\n")), err)
}

// encodeJSON writes an array, a colour a line.
func encodeJSON(w io.Writer, p *Palette) error {
	list := make([]string, len(p.Colors))
	for i, c := range p.Colors {
		list[i] = Hex(c.NRGBA)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(list)
}
