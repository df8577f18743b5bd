// Package ui is a small user interface drawn with OpenGL 3.3: text, panels, buttons,
// sliders, drop-down lists and tooltips.
//
// It is of the immediate kind: each frame, the program calls [UI.Begin], a method
// for each widget there is to be, which draws it and says what the user did with it,
// and [UI.End]. A widget is known by its id, which is to be unique in a frame and
// the same in all frames.
//
// Widgets are drawn into a [List] of triangles, whose coverage comes from an [Atlas]:
// glyphs, and one opaque spot for shapes. A [Renderer] brings both to the GPU, in one
// draw call. Nothing else here needs a window.
//
// All lengths are pixels of the framebuffer, from the top left. All types are for one
// goroutine at a time, and an Atlas is for one List and one Renderer.
package ui
