package ui

// A Color is the bytes red, green, blue and alpha from the lowest, not premultiplied.
type Color uint32

// RGBA returns a colour; an alpha of 255 is opaque.
func RGBA(r, g, b, a uint8) Color {
	return Color(r) | Color(g)<<8 | Color(b)<<16 | Color(a)<<24
}

// bytes returns red, green, blue and alpha.
func (c Color) bytes() [4]uint8 {
	return [4]uint8{uint8(c), uint8(c >> 8), uint8(c >> 16), uint8(c >> 24)}
}

// The colours of the widgets. Panels are so opaque that text is legible over white
// as well as over black.
var (
	Foreground = RGBA(0xe8, 0xe8, 0xe8, 0xff) // text
	Dim        = RGBA(0xa4, 0xa4, 0xa8, 0xff) // text of less importance
	Accent     = RGBA(0xff, 0x9c, 0x3c, 0xff) // what is chosen or held
	Warning    = RGBA(0xff, 0x6e, 0x5e, 0xff) // text that tells of a failure
	Background = RGBA(0x10, 0x10, 0x14, 0xd4) // of a panel
	Control    = RGBA(0x52, 0x52, 0x5a, 0xff) // of a widget
	Hovered    = RGBA(0x6c, 0x6c, 0x76, 0xff) // of a widget that the pointer is on
)

// Lists and tooltips lie over other text, and let less of it through than a panel.
var (
	raised = RGBA(0x22, 0x22, 0x27, 0xf8)
	edge   = RGBA(0x6c, 0x6c, 0x74, 0xff)
	ink    = RGBA(0x18, 0x14, 0x10, 0xff) // text on Accent
)
