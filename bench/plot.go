package main

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"os"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// colors are those of the systems, in their order: distinct for people who do not see red and green as well.
var colors = []color.Color{
	color.RGBA{0, 0, 0, 255}, color.RGBA{0, 114, 178, 255}, color.RGBA{86, 180, 233, 255}, color.RGBA{230, 159, 0, 255},
	color.RGBA{0, 158, 115, 255}, color.RGBA{213, 94, 0, 255}, color.RGBA{204, 121, 167, 255},
}

// drawPlot draws a line for each row of the table, with a dot for each system: how many times as much it takes as
// asyncgen does.
func drawPlot(r *results, file string) error {
	rows := slices.DeleteFunc(r.summarize(), func(s summary) bool { return s.Unit == "" || s.Median[ours] == 0 })
	if len(rows) == 0 {
		return fmt.Errorf("%s: nothing of asyncgen was measured", file)
	}
	slices.Reverse(rows) // the first one is on top

	p := plot.New()
	p.X.Scale = plot.LogScale{}
	// Not the label of X: on a logarithmic scale gonum makes room for it where it does not stand.
	p.Title.Text = "multiples of what asyncgen takes: right of 1, it is better"
	p.Title.Padding = vg.Millimeter * 2
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{200}, color.Gray{230}
	p.Add(grid)
	names := make([]string, len(rows))
	for i, s := range rows {
		names[i] = s.Row
	}
	p.NominalY(names...)
	p.Y.Padding, p.Y.Tick.Length = 0, 0
	p.Y.Min, p.Y.Max = -0.5, float64(len(rows))-0.5

	low, high := 1.0, 1.0
	var legends []plot.Legend
	for i, sys := range r.Systems {
		var points plotter.XYs
		for y, s := range rows {
			if ratio, ok := s.Ratio[sys.Name]; ok && ratio > 0 {
				points = append(points, plotter.XY{X: ratio, Y: float64(y)})
				low, high = min(low, ratio), max(high, ratio)
			}
		}
		if len(points) == 0 {
			continue
		}
		dots, err := plotter.NewScatter(points)
		if err != nil {
			return err
		}
		dots.GlyphStyle = draw.GlyphStyle{Color: colors[i%len(colors)], Radius: vg.Points(3.5), Shape: draw.CircleGlyph{}}
		p.Add(dots)
		l := plot.NewLegend()
		l.Top, l.Left = true, true
		l.TextStyle.Font.Size, l.ThumbnailWidth = vg.Points(9.5), vg.Millimeter*4
		l.Add(sys.Title, dots)
		legends = append(legends, l)
	}
	p.X.Min, p.X.Max = low/1.3, high*1.3
	p.X.Tick.Marker = plot.TickerFunc(decades)

	canvas := vgsvg.New(18*vg.Centimeter, vg.Length(len(rows)+4)*0.6*vg.Centimeter)
	whole := draw.New(canvas)
	const head = vg.Centimeter
	p.Draw(draw.Crop(whole, vg.Millimeter*2, -vg.Millimeter*4, vg.Millimeter*2, -head))
	drawLegends(draw.Crop(whole, vg.Centimeter, 0, whole.Max.Y-head, -vg.Millimeter*2), legends)

	var text bytes.Buffer
	if _, err := canvas.WriteTo(&text); err != nil {
		return err
	}
	return os.WriteFile(file, text.Bytes(), 0o644)
}

// drawLegends draws the legends in a line, above the dots that a legend of gonum would lie on.
func drawLegends(c draw.Canvas, legends []plot.Legend) {
	width := (c.Max.X - c.Min.X) / vg.Length(len(legends))
	for i, l := range legends {
		l.Draw(draw.Crop(c, vg.Length(i)*width, 0, 0, 0))
	}
}

// decades puts a label at each power of ten.
func decades(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
		v := math.Pow(10, e)
		if v >= low && v <= high {
			ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf("%g", v)})
		}
	}
	return ticks
}
