package dialect

import (
	"slices"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// Inserts is one pass over a source that fills several tables and directories. See [FromInserts].
type Inserts struct {
	source *expr.Source
	into   []Sink
}

// Sink is what [FromInserts] fills: an [Insertion] or a [Directory].
type Sink interface {
	expr.Node
	query() expr.Node
	fill(c *compile.Compiler, d *Hive, q *expr.SelectStmt)
}

// FromInserts reads a source once, and fills all sinks: FROM s INSERT … SELECT … INSERT … SELECT …. Their queries are of
// the source alone.
func FromInserts(source expr.From, into ...Sink) Inserts {
	return Inserts{source: expr.SourceOf(source), into: slices.Clone(into)}
}

// Shape implements [expr.Node].
func (n Inserts) Shape(s *expr.Shape) {
	s.Kind("dialect.inserts")
	s.From(n.source)
	s.Int(len(n.into))
	for _, sink := range n.into {
		s.Node(sink)
	}
}

func (d *Hive) inserts(c *compile.Compiler, n Inserts) {
	c.Within("inserts", -1, func() {
		if n.source == nil || len(n.into) == 0 {
			c.Refuse("there is nothing to read from, or nothing to insert into")
			return
		}
		c.Sharing(func() {
			c.Text("FROM ")
			c.Source(n.source)
			for i, sink := range n.into {
				c.Text(" ")
				c.Within("into", i, func() { n.fill(c, d, sink) })
			}
		}, n.source)
	})
}

func (n Inserts) fill(c *compile.Compiler, d *Hive, sink Sink) {
	if sink == nil {
		c.Refuse("there is nothing to insert into")
		return
	}
	q, ok := sink.query().(*expr.SelectStmt)
	if !ok || len(q.Joins) > 0 {
		c.Refuse("it needs a SELECT of the source alone")
		return
	}
	own := *q
	own.Sources = slices.DeleteFunc(slices.Clone(q.Sources), n.source.Same)
	if len(own.Sources) > 0 || n.readsOther(&own) {
		c.Refuse("it needs a SELECT of the source alone")
		return
	}
	sink.fill(c, d, &own)
}

// readsOther reports whether there is a column of anything else than the source, queries within the query left out.
func (n Inserts) readsOther(q *expr.SelectStmt) bool {
	other := false
	expr.Walk(q, func(part expr.Node) bool {
		switch part := part.(type) {
		case *expr.Column:
			other = other || !part.Source.Same(n.source)
		case *expr.Star:
			other = other || !part.Source.Same(n.source)
		case *expr.SelectStmt:
			return part == q
		case *expr.Compound:
			return false
		}
		return !other
	})
	return other
}

func (i Insertion) query() expr.Node { return i.stmt.Query }

func (i Insertion) fill(c *compile.Compiler, d *Hive, q *expr.SelectStmt) {
	i.stmt.Query = q
	d.insert(c, i)
}

// Directory writes the rows of a query to files. See [OverwriteDirectory].
type Directory struct {
	path   string
	rows   expr.Query
	local  bool
	fields string
	format string
}

// OverwriteDirectory writes the rows of a query to files in a directory. What is in it goes.
func OverwriteDirectory(path string, q expr.Query) Directory { return Directory{path: path, rows: q} }

// Local has the directory on the server's own disk.
func (o Directory) Local() Directory { o.local = true; return o }

// FieldsTerminatedBy has the columns of text files between these characters.
func (o Directory) FieldsTerminatedBy(fields string) Directory { o.fields = fields; return o }

// StoredAs is the format of the files: a word such as ORC.
func (o Directory) StoredAs(format string) Directory { o.format = format; return o }

// Shape implements [expr.Node].
func (o Directory) Shape(s *expr.Shape) {
	s.Kind("dialect.directory")
	s.Text(o.path)
	s.Bool(o.local)
	s.Text(o.fields)
	s.Text(o.format)
	s.Node(o.rows)
}

func (o Directory) query() expr.Node {
	if q, ok := o.rows.(expr.SelectStmt); ok {
		return &q
	}
	return o.rows
}

func (o Directory) fill(c *compile.Compiler, d *Hive, q *expr.SelectStmt) {
	o.rows = q
	d.directory(c, o)
}

func (d *Hive) directory(c *compile.Compiler, o Directory) {
	c.Within("directory", -1, func() {
		c.Text("INSERT OVERWRITE ")
		if o.local {
			c.Text("LOCAL ")
		}
		c.Text("DIRECTORY ")
		c.Literal(o.path, nil)
		if o.fields != "" {
			c.Text(" ROW FORMAT DELIMITED FIELDS TERMINATED BY ")
			c.Literal(o.fields, nil)
		}
		if o.format != "" {
			c.Text(" STORED AS ")
			c.Word(o.format)
		}
		c.Text(" ")
		c.Node(o.rows)
	})
}
