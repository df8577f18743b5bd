package gpu_test

import (
	"context"
	"image"
	"log"

	"kompress/gpu"
	"kompress/quantize"
)

// One engine serves any number of images.
func ExampleOpen() {
	engine, err := gpu.Open(gpu.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer engine.Close()
	for _, m := range []image.Image{image.NewGray(image.Rect(0, 0, 640, 480))} {
		if err := reduce(engine, m); err != nil {
			log.Fatal(err)
		}
	}
}

func reduce(engine quantize.Engine, m image.Image) error {
	session, err := quantize.NewSession(context.Background(), engine, m)
	if err != nil {
		return err
	}
	defer session.Close() // the pixels are on the GPU until then
	q, err := session.Cluster(context.Background(), quantize.Options{Colors: 16})
	if err != nil {
		return err
	}
	_, err = session.Map(context.Background(), q)
	return err
}
