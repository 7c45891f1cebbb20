package gen

import (
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var pictures = flag.String("pictures", "", "folder for the pictures of all functions that the tests draw")

// functionsOf compiles a package of one file.
func functionsOf(t *testing.T, source string) []*Function {
	t.Helper()
	p, err := memoryPackage(source)
	if err != nil {
		t.Fatal(err)
	}
	list, diags := Functions(p)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return list
}

// everyFunction gives those of the goldens that compile, and of rt's scenarios.
func everyFunction(t *testing.T) []*Function {
	t.Helper()
	var all []*Function
	names, err := filepath.Glob(goldenDir + "/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		page, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Files {
			if f.Name != "in.go" || strings.HasPrefix(filepath.Base(name), "err_") {
				continue
			}
			p, err := memoryPackage(string(f.Data))
			if err != nil {
				continue // it imports what is not in memory
			}
			list, _ := Functions(p)
			all = append(all, list...)
		}
	}
	list, diags, err := Load(context.Background(), Config{Dir: "..", Patterns: []string{"./rt/scenarios", "./testdata/golden/primer/..."}, Overlay: true, Tests: true})
	if err != nil || len(diags) > 0 {
		t.Fatal(err, diags)
	}
	for _, p := range list {
		list, _ := Functions(p)
		all = append(all, list...)
	}
	if len(all) < 700 {
		t.Fatalf("only %d functions", len(all))
	}
	return all
}

func TestEveryFunctionCanBeDrawn(t *testing.T) {
	for i, f := range everyFunction(t) {
		g := f.Graph()
		if err := consistent(f, g); err != nil {
			t.Errorf("%s: %v", f.Pos, err)
		}
		svg := g.SVG()
		if err := checkSVG(svg, g); err != nil {
			t.Errorf("%s: %v", f.Pos, err)
		}
		if err := checkRoutes(g.layOut()); err != nil {
			t.Errorf("%s: %v", f.Pos, err)
		}
		if *pictures != "" {
			writeFile(t, filepath.Join(*pictures, fmt.Sprintf("%03d-%04d-%s.svg", len(g.States), i, f.Name)), svg)
		}
		if t.Failed() {
			return
		}
	}
}

// consistent says what is wrong with a graph: states and edges that miss, or that are too many.
func consistent(f *Function, g *Graph) error {
	ids := map[string]int{}
	for i, s := range g.States {
		if _, twice := ids[s.ID]; twice {
			return fmt.Errorf("two states are called %s", s.ID)
		}
		ids[s.ID] = i
		if s.Kind == StateCode && len(s.Lines) == 0 {
			return fmt.Errorf("%s shows nothing", s.ID)
		}
	}
	if g.States[0].Kind != StateStart {
		return errors.New("the start is not the first state")
	}
	in, out := map[string]int{}, map[string]int{}
	for _, e := range g.Edges {
		if _, ok := ids[e.From]; !ok {
			return fmt.Errorf("an edge begins at %s, which is not there", e.From)
		}
		if _, ok := ids[e.To]; !ok {
			return fmt.Errorf("an edge leads to %s, which is not there", e.To)
		}
		in[e.To]++
		out[e.From]++
	}
	for _, s := range g.States {
		if in[s.ID] == 0 && s.Kind != StateStart && s.Kind != StateExit {
			return fmt.Errorf("nothing leads to %s", s.ID)
		}
	}
	waiting := 0
	f.co.graph.waiting(func(a *await, _ *block) {
		if _, ok := ids["await"+strconv.Itoa(a.site)]; !ok {
			waiting++
		}
	})
	if waiting > 0 {
		return fmt.Errorf("%d suspensions miss", waiting)
	}
	return nil
}

// checkSVG parses a picture, and says which texts do not lie inside their boxes, or the picture.
func checkSVG(svg []byte, g *Graph) error {
	dec := xml.NewDecoder(strings.NewReader(string(svg)))
	var page, box [4]float64
	var inBox bool
	boxes := 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		el, ok := tok.(xml.StartElement)
		if end, isEnd := tok.(xml.EndElement); isEnd && end.Name.Local == "g" {
			inBox = false
		}
		if !ok {
			continue
		}
		at := func(name string) float64 {
			for _, a := range el.Attr {
				if a.Name.Local == name {
					n, _ := strconv.ParseFloat(a.Value, 64)
					return n
				}
			}
			return 0
		}
		class := ""
		for _, a := range el.Attr {
			if a.Name.Local == "class" {
				class = a.Value
			}
		}
		switch el.Name.Local {
		case "svg":
			page = [4]float64{0, 0, at("width"), at("height")}
		case "rect":
			if class == "box" {
				box, inBox = [4]float64{at("x"), at("y"), at("x") + at("width"), at("y") + at("height")}, true
				boxes++
				if box[0] < 0 || box[2] > page[2] || box[3] > page[3] {
					return fmt.Errorf("a box %v is not inside the picture %v", box, page)
				}
			}
		case "text":
			var text string
			if err := dec.DecodeElement(&text, &el); err != nil {
				return err
			}
			width := float64(columns(text)) * cell
			around := page
			switch {
			case inBox:
				around = box
			case strings.HasPrefix(class, "label"):
				width = float64(columns(text)) * labelCell
			case class == "name":
				width = float64(columns(text)) * headCell
			}
			from, to := at("x"), at("x")+width
			for _, a := range el.Attr {
				if a.Name.Local == "text-anchor" && a.Value == "end" {
					from, to = from-width, from
				}
			}
			if from < around[0] || to > around[2] || at("y")-10 < around[1] || at("y")+3 > around[3] {
				return fmt.Errorf("%q does not fit into %v", text, around)
			}
		}
	}
	if boxes != len(g.States) {
		return fmt.Errorf("%d boxes for %d states", boxes, len(g.States))
	}
	return nil
}

// checkRoutes says which edges lie on each other.
func checkRoutes(d *drawing) error {
	type segment struct{ at, from, to float64 }
	var across, up []segment // horizontal, vertical
	overlap := func(list []segment, s segment) bool {
		return slices.ContainsFunc(list, func(o segment) bool {
			return o.at-s.at < 5 && s.at-o.at < 5 && o.from < s.to && s.from < o.to
		})
	}
	for i, a := range d.boxes[1:] {
		if a.y < d.boxes[i].y+d.boxes[i].h+boxGap-1 {
			return errors.New("two boxes overlap")
		}
	}
	for _, l := range d.lanes {
		edge := l.to.x + l.to.w
		if l.back {
			edge = l.to.x
		}
		stubs := []float64{l.inPort()}
		for _, e := range l.from {
			y := l.outPort(e.box)
			if y < e.box.y || y > e.box.y+e.box.h {
				return fmt.Errorf("an edge does not begin at its box %s", e.box.state.ID)
			}
			if (y < l.inPort()) == l.back {
				return fmt.Errorf("the lane to %s goes the wrong way", l.to.state.ID)
			}
			stubs = append(stubs, y)
		}
		for _, y := range stubs {
			s := segment{y, min(edge, l.x), max(edge, l.x)}
			if overlap(across, s) {
				return fmt.Errorf("two edges beside %s are at one height", l.to.state.ID)
			}
			across = append(across, s)
		}
		s := segment{l.x, slices.Min(stubs), slices.Max(stubs)}
		if overlap(up, s) {
			return fmt.Errorf("two lanes are in one place, one of them leads to %s", l.to.state.ID)
		}
		up = append(up, s)
	}
	return nil
}

var _ = os.Stdout
