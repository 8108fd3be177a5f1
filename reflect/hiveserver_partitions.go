package hivereflect

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// Partitions are those of a table, in the order in which the server tells them: their names and values. Where values are
// given, such as [dialect.Part]("land", "fr"), the server leaves out the partitions that have others. What else there is to
// know of one tells [HiveServer.Partition]. All names are read first, so that no session is kept from others. A table
// without partitions has none. An error is the last.
func (h *HiveServer) Partitions(ctx context.Context, in, table string, where ...dialect.PartitionValue) iter.Seq2[Partition, error] {
	return h.named(ctx, in, table, dialect.ShowPartitions(schema.NewTable(nil, table, schema.In(in)), where...))
}

// PartitionsWhere are those for which a filter holds, told as [HiveServer.Partitions] tells them. Hive 4 evaluates one. For
// Hive 2 and 3 and for Spark the error is a [*compile.UnsupportedError]: give them values, or ask the [Metastore].
func (h *HiveServer) PartitionsWhere(ctx context.Context, in, table string, filter PartitionFilter) iter.Seq2[Partition, error] {
	if filter == "" {
		return h.Partitions(ctx, in, table)
	}
	condition, err := filter.condition()
	if err != nil {
		return func(yield func(Partition, error) bool) { yield(Partition{}, err) }
	}
	return h.named(ctx, in, table, dialect.ShowPartitionsWhere(schema.NewTable(nil, table, schema.In(in)), condition))
}

// named are the partitions whose names a statement tells.
func (h *HiveServer) named(ctx context.Context, in, table string, show expr.Node) iter.Seq2[Partition, error] {
	return func(yield func(Partition, error) bool) {
		names, err := h.partitionNames(ctx, in, table, show)
		if err != nil {
			yield(Partition{}, err)
			return
		}
		for _, name := range names {
			_, values, err := splitPartition(name)
			if !yield(Partition{Name: name, Values: partitionValues(values)}, err) || err != nil {
				return
			}
		}
	}
}

// PartitionCount is the number of partitions that [HiveServer.Partitions] tells.
func (h *HiveServer) PartitionCount(ctx context.Context, in, table string, where ...dialect.PartitionValue) (int, error) {
	names, err := h.partitionNames(ctx, in, table, dialect.ShowPartitions(schema.NewTable(nil, table, schema.In(in)), where...))
	return len(names), err
}

func (h *HiveServer) partitionNames(ctx context.Context, in, table string, show expr.Node) (names []string, err error) {
	err = h.lend(ctx, func(s *hive.Session) error {
		names, err = h.on(s).partitionNames(ctx, in, table, show)
		return err
	})
	return names, err
}

func (a *asker) partitionNames(ctx context.Context, in, table string, show expr.Node) (names []string, err error) {
	rows, err := a.query(ctx, show, hive.Options{})
	err = each(ctx, rows, err, func(r row) { names = append(names, r.at(0)) })
	if unsupported := (*compile.UnsupportedError)(nil); errors.As(err, &unsupported) {
		return nil, err
	}
	if err != nil {
		f, describing := a.describe(ctx, in, table) // a server has several words for what has no partitions
		switch {
		case describing != nil:
			return nil, describing
		case len(f.partitions) == 0:
			return nil, nil
		}
		return nil, a.failure(in, table, err)
	}
	return names, nil
}

// Partition tells all about a partition of that name. One that is not there is a [*NoPartitionError].
func (h *HiveServer) Partition(ctx context.Context, in, table, name string) (p Partition, err error) {
	columns, values, err := splitPartition(name)
	if err != nil {
		return Partition{}, err
	}
	err = h.lend(ctx, func(s *hive.Session) error {
		p, err = h.on(s).partition(ctx, in, table, columns, values)
		return err
	})
	if missing := (*NoPartitionError)(nil); errors.As(err, &missing) {
		missing.Name = name
	}
	p.Name, p.Values = name, partitionValues(values)
	return p, err
}

func (a *asker) partition(ctx context.Context, in, table string, columns, values []string) (Partition, error) {
	items := []schema.Item{schema.In(in)}
	var parts []dialect.PartitionValue
	for i, column := range columns {
		items = append(items, schema.Col(column, schema.String)) // Hive reads the text by the column's own type
		parts = append(parts, dialect.Part(column, values[i]))
	}
	about := dialect.Describe(schema.NewTable(nil, table, append(items, dialect.PartitionedBy(columns...))...)).Partition(parts...)
	var text []row
	var err error
	switch {
	case a.spark():
		text, err = a.ask(ctx, about.Formatted(), hive.Options{})
	default:
		var inJSON string
		if inJSON, err = a.askJSON(ctx, about); inJSON != "" {
			return partitionOf(inJSON)
		}
		if err == nil {
			text, err = a.ask(ctx, about.Formatted(), hive.Options{})
		}
	}
	if err != nil {
		return Partition{}, a.partitionFailure(in, table, err)
	}
	return partitionFrom(linesOf(text), a.spark())
}

// partitionOf reads the answer in JSON.
func partitionOf(text string) (Partition, error) {
	answered, err := readAnswer(text)
	if err != nil {
		return Partition{}, err
	}
	p := answered.PartitionInfo
	if p == nil || p.Sd == nil {
		return Partition{}, &DescribeError{Line: 1, Text: text, Reason: "there is no partitionInfo"}
	}
	return Partition{Location: p.Sd.Location, Created: readTime(p.CreateTime), Properties: p.Parameters}, nil
}

// partitionFrom reads the answer in text.
func partitionFrom(lines []line, spark bool) (Partition, error) {
	if !spark {
		r := newTextReader()
		err := r.read(lines)
		return Partition{Location: r.detail.Location, Created: r.detail.Created, Properties: r.detail.Properties}, err
	}
	var p Partition
	for _, s := range sections(lines) {
		if s.heading != "# Detailed Partition Information" {
			continue
		}
		for _, l := range s.lines {
			switch l.name {
			case "Location":
				p.Location = l.typ
			case "Created Time":
				p.Created = javaDate(l.typ)
			case "Partition Parameters":
				p.Properties = sparkMap(l.typ)
			}
		}
	}
	if p.Location == "" {
		return Partition{}, line{at: len(lines)}.fault("the answer has no location")
	}
	return p, nil
}

// sparkMap reads "{a=1, b=2}". What Spark keeps of a partition are numbers.
func sparkMap(text string) map[string]string {
	inner, _ := within(text, "{", "}")
	all := map[string]string{}
	for _, pair := range strings.Split(inner, ", ") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			all[name] = value
		}
	}
	return all
}

// NoPartitionError tells that there is no such partition.
type NoPartitionError struct {
	Schema, Table, Name string
	Err                 error // what the server said
}

func (e *NoPartitionError) Error() string {
	return "hivereflect: there is no partition " + strconv.Quote(e.Name) + " of table " + strconv.Quote(e.Table) + " in schema " +
		strconv.Quote(e.Schema) + ": " + e.Err.Error()
}

// Unwrap gives what the server said.
func (e *NoPartitionError) Unwrap() error { return e.Err }

func (a *asker) partitionFailure(in, table string, err error) error {
	const invalidPartition, stateNoPartition = 10006, "428FT"
	var e *hive.Error
	if errors.As(err, &e) && (e.Code == invalidPartition || e.SQLState == stateNoPartition) {
		return &NoPartitionError{Schema: in, Table: table, Err: err}
	}
	return a.failure(in, table, err)
}

// splitPartition reads the name of a partition: columns and values, with the escapes of FileUtils.escapePathName.
func splitPartition(name string) (columns, values []string, err error) {
	for _, part := range strings.Split(name, "/") {
		column, value, ok := strings.Cut(part, "=")
		if !ok || column == "" {
			return nil, nil, &DescribeError{Line: 1, Text: name, Reason: "want the name of a partition, column=value/…"}
		}
		columns, values = append(columns, unescapePath(column)), append(values, unescapePath(value))
	}
	return columns, values, nil
}

// unescapePath undoes escapePath. A % that is no escape stands for itself, as in Hive.
func unescapePath(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Statistics are what the server has counted in a table, and in those of its columns that are named: each of them takes a
// statement more. Columns that were not counted are left out. A table with partitions has no numbers of its own: each of
// its partitions may, among the properties that [HiveServer.Partition] tells.
func (h *HiveServer) Statistics(ctx context.Context, in, table string, columns ...string) (all Statistics, err error) {
	err = h.lend(ctx, func(s *hive.Session) error {
		a := h.on(s)
		f, err := a.describe(ctx, in, table)
		if err != nil {
			return err
		}
		all = readStatistics(f.detail.Properties)
		for _, name := range columns {
			c, err := a.columnStatistics(ctx, in, table, name)
			if err != nil {
				return a.failure(in, table, err)
			}
			if c != nil {
				all.Columns = append(all.Columns, *c)
			}
		}
		return nil
	})
	slices.SortFunc(all.Columns, func(a, b ColumnStatistics) int { return cmp.Compare(a.Column, b.Column) })
	return all, err
}

// columnStatistics asks for one column. It returns nil if nothing was counted.
func (a *asker) columnStatistics(ctx context.Context, in, table, column string) (*ColumnStatistics, error) {
	t := schema.NewTable(nil, table, schema.In(in), schema.Col(column, schema.String))
	rows, err := a.ask(ctx, dialect.Describe(t).Formatted().Column(column), hive.Options{})
	if err != nil {
		return nil, err
	}
	return readColumn(rows), nil
}

// readColumn reads what DESCRIBE FORMATTED prints of a column: in two columns, or before Hive 3 in a row below a heading.
func readColumn(rows []row) *ColumnStatistics {
	facts := map[string]string{}
	var heading *row
	for i, r := range rows {
		switch name := strings.TrimSpace(r.at(0)); {
		case name == "# col_name":
			heading = &rows[i]
		case heading != nil && len(r.cells) > 2 && r.cells[1] != nil && facts["data_type"] == "":
			for c := range heading.cells {
				facts[strings.TrimPrefix(strings.TrimSpace(heading.at(c)), "# ")] = strings.TrimSpace(r.at(c))
			}
		case heading == nil:
			facts[name] = strings.TrimSpace(r.at(1))
		}
	}
	s := &ColumnStatistics{
		Column: facts["col_name"], Type: facts["data_type"], Nulls: number(facts["num_nulls"]), Distinct: number(facts["distinct_count"]),
		AvgLength: -1, MaxLength: number(facts["max_col_len"]), Trues: number(facts["num_trues"]), Falses: number(facts["num_falses"]),
	}
	if v, err := strconv.ParseFloat(facts["avg_col_len"], 64); err == nil {
		s.AvgLength = v
	}
	if s.Nulls < 0 {
		return nil
	}
	s.Min, s.Max = bound(s.Type, facts["min"]), bound(s.Type, facts["max"])
	return s
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// bound reads the least or the greatest value of a column, as ColumnStatistics has it.
func bound(typ, text string) any {
	kind, _, _ := strings.Cut(strings.ToLower(typ), "(")
	if text == "" || text == "NULL" {
		return nil
	}
	switch kind {
	case "date", "timestamp":
		for _, layout := range []string{time.DateOnly, "2006-01-02 15:04:05.999999999"} {
			if t, err := time.Parse(layout, text); err == nil {
				return t
			}
		}
	case "float", "double":
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return v
		}
		return nil
	case "decimal":
		return text
	}
	if v, err := strconv.ParseInt(text, 10, 64); err == nil {
		return v
	}
	return nil
}
