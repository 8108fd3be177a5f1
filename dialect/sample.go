package dialect

import (
	"math"
	"slices"
	"strconv"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// Sample reads a part of a table: FROM t TABLESAMPLE(10 PERCENT) AS alias.
func Sample(table expr.From, by Sampling, alias string) *expr.Source {
	of := expr.SourceOf(table)
	var columns []column
	for _, t := range of.Columns {
		columns = append(columns, column{expr.NameOf(t), t.Type})
	}
	return sourceOf(&sampled{of.Node, by}, alias, columns)
}

// Sampling says which part of a table is read. It is made by [Percent], [Rows], [Bytes] and [Bucket].
type Sampling struct {
	text string
	on   []string
	hive bool // Spark has it not
	bad  string
}

// Percent is about as much of the table's size; Spark takes that much of its rows.
func Percent(p float64) Sampling {
	s := Sampling{text: strconv.FormatFloat(p, 'f', -1, 64) + " PERCENT"}
	if !(p >= 0 && p <= 100) {
		s.bad = "a percentage is from 0 to 100"
	}
	return s
}

// Rows is so many rows; Hive takes them from each split of the table.
func Rows(n int64) Sampling {
	return Sampling{text: strconv.FormatInt(n, 10) + " ROWS", bad: negative(n)}
}

// Bytes is so many bytes or more. Spark has it not.
func Bytes(n int64) Sampling {
	return Sampling{text: strconv.FormatInt(n, 10) + "B", hive: true, bad: negative(n)}
}

func negative(n int64) string {
	if n < 0 {
		return "the size of a sample is negative"
	}
	return ""
}

// Bucket is bucket x, counted from 1, of y into which the rows fall by the values of columns, or, without any, by those
// by which the table is clustered. Spark has the latter only.
func Bucket(x, y int, on ...string) Sampling {
	s := Sampling{text: "BUCKET " + strconv.Itoa(x) + " OUT OF " + strconv.Itoa(y), on: slices.Clone(on), hive: len(on) > 0}
	if x < 1 || y < x || y > math.MaxInt32 {
		s.bad = "a bucket is counted from 1 to the number of buckets"
	}
	return s
}

// sampled is the node of a part of a table.
type sampled struct {
	table expr.Node
	by    Sampling
}

// Shape implements [expr.Node].
func (n *sampled) Shape(s *expr.Shape) {
	s.Kind("dialect.sample")
	s.Text(n.by.text)
	s.Text(n.by.bad)
	s.Bool(n.by.hive)
	s.Int(len(n.by.on))
	for _, name := range n.by.on {
		s.Text(name)
	}
	s.Node(n.table)
}

func (n *sampled) compile(c *compile.Compiler, d *Hive) {
	switch n.table.(type) {
	case *expr.TableRef, *expr.NamedTable:
		c.Target(expr.NewSource(n.table, "", nil))
	default:
		c.Refuse("a sample is of a table")
	}
	switch {
	case n.by.bad != "":
		c.Refuse(n.by.bad)
	case n.by.text == "":
		c.Refuse("a sample has a size: Percent, Rows, Bytes or Bucket")
	}
	if n.by.hive && d.version == Spark35 {
		c.Fail(d.unsupported("TABLESAMPLE("+n.by.text+")", "use Percent or Rows"))
	}
	c.Text(" TABLESAMPLE(" + n.by.text)
	if len(n.by.on) > 0 {
		c.Text(" ON ")
		c.Idents(n.by.on)
	}
	c.Text(")")
}
