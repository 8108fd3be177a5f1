package hivereflect

import (
	"context"
	"strconv"
	"strings"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/schema"
)

// readText reads a table where the server does not answer in JSON. It asks again for what DESCRIBE FORMATTED cuts off.
func (a *asker) readText(ctx context.Context, t *schema.Table) (*found, error) {
	rows, err := a.ask(ctx, dialect.Describe(t).Formatted(), hive.Options{})
	if err != nil {
		return nil, err
	}
	r := newTextReader()
	if err := r.read(linesOf(rows)); err != nil {
		return nil, err
	}
	if r.queryCut {
		rows, err := a.ask(ctx, dialect.Describe(t).Extended(), hive.Options{})
		if err != nil {
			return nil, err
		}
		if r.definition, err = queryOf(rows); err != nil {
			return nil, err
		}
	}
	if r.keyCut {
		keys, err := a.session.PrimaryKeys(ctx, r.Schema, r.Name)
		list, err := whole(ctx, keys, err)
		if err != nil {
			return nil, err
		}
		r.primaryKey.Columns = nil
		for _, row := range list {
			r.primaryKey.Columns = append(r.primaryKey.Columns, row.get("COLUMN_NAME"))
		}
	}
	r.Name = strings.ToLower(t.Name) // which the answer leaves out
	return r.found, nil
}

// textReader reads what Hive's DESCRIBE FORMATTED prints (MetaDataFormatUtils): tables, and partitions of them.
type textReader struct {
	*found
	queryCut bool // the query spans lines, of which it has not all
	keyCut   bool // the primary key has two columns, or more
}

func newTextReader() *textReader {
	return &textReader{found: &found{notNull: map[string]bool{}, defaults: map[string]string{}}}
}

func (r *textReader) read(lines []line) (err error) {
	parts := sections(lines)
	detailed := false
	for _, s := range parts {
		switch s.heading {
		case "":
			r.columns, err = s.columns(unescape)
		case "# Partition Information":
			r.partitions, err = s.columns(unescape)
		case "# Detailed Table Information", "# Detailed Partition Information":
			detailed = true
			err = s.each(r.tableFact, &r.detail.Properties)
		case "# Storage Information":
			err = s.each(r.storageFact, &r.detail.SerDeProperties)
		case "# View Information", "# Materialized View Information":
			r.query(s)
		case "# Primary Key", "# Foreign Keys", "# Unique Constraints", "# Not Null Constraints", "# Default Constraints",
			"# Check Constraints":
			err = r.constraint(s)
		}
		if err != nil {
			return err
		}
	}
	if !detailed {
		return line{at: len(lines)}.fault("the answer ends without the detailed information")
	}
	r.made()
	return nil
}

// each reads lines of a name and a value, and behind "… Parameters:" or "… Params:" the pairs of a map.
func (s section) each(fact func(l line, name, value string) error, pairs *map[string]string) error {
	paired := false
	for _, l := range s.lines {
		name, ok := strings.CutSuffix(strings.TrimSpace(l.name), ":")
		switch {
		case l.name == "" && paired:
			(*pairs)[unpad(l.typ)] = unescape(unpad(l.comment))
		case !ok:
			return l.fault("want a name and a colon")
		case strings.HasSuffix(name, "Parameters"), strings.HasSuffix(name, "Params"):
			paired, *pairs = true, map[string]string{}
		default:
			paired = false
			if err := fact(l, name, unpad(l.typ)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *textReader) tableFact(_ line, name, value string) error {
	d := &r.detail
	switch name {
	case "Database":
		r.Schema = value
	case "OwnerType":
		d.OwnerKind = value
	case "Owner":
		d.Owner = value
	case "CreateTime":
		d.Created = javaDate(value)
	case "Location":
		d.Location = value
		r.Temporary = strings.Contains(value, tmpSpace)
	case "Table Type":
		r.tableType = value
	}
	return nil
}

func (r *textReader) storageFact(l line, name, value string) (err error) {
	d, b := &r.detail, &r.buckets
	switch name {
	case "SerDe Library":
		if d.SerDe = value; value == "null" {
			d.SerDe = ""
		}
	case "InputFormat":
		d.InputFormat = value
	case "OutputFormat":
		d.OutputFormat = value
	case "Num Buckets":
		if b.count, err = strconv.Atoi(value); err != nil {
			return l.fault("want a number")
		}
	case "Bucket Columns":
		b.columns, err = l.list(value, "[", ", ", "]", r.columns)
	case "Sort Columns":
		err = r.sortColumns(l, value)
	case "Stored As SubDirectories":
		r.skew.directories = value == "Yes"
	case "Skewed Columns":
		r.skew.columns, err = l.list(value, "[", ", ", "]", r.columns)
	case "Skewed Values":
		err = r.skewedValues(l, value)
	}
	return err
}

// sortColumns reads "[Order(col:a, order:0), Order(col:b, order:1)]".
func (r *textReader) sortColumns(l line, text string) error {
	inner, ok := within(text, "[", "]")
	if !ok {
		return l.fault("want a list")
	}
	if inner == "" {
		return nil
	}
	for _, part := range strings.Split(inner, "), Order(") {
		part = strings.TrimSuffix(strings.TrimPrefix(part, "Order("), ")")
		name, order, _ := strings.Cut(strings.TrimPrefix(part, "col:"), ", order:")
		if order != "0" && order != "1" || !isColumn(name, r.columns) {
			return l.fault("want an order of a column, got %q", part)
		}
		r.buckets.sort = append(r.buckets.sort, sortColumn{name, order == "0"})
	}
	return nil
}

// skewedValues reads "[[1, x], [2, y]]". A value with a comma cannot be told from two.
func (r *textReader) skewedValues(l line, text string) error {
	inner, ok := within(text, "[[", "]]")
	if !ok {
		return l.fault("want a list of lists")
	}
	for _, part := range strings.Split(inner, "], [") {
		values := strings.Split(part, ", ")
		if len(values) != len(r.skew.columns) {
			return l.fault("want %d values in each list, got %q", len(r.skew.columns), part)
		}
		r.skew.values = append(r.skew.values, values)
	}
	return nil
}

// query reads the query of a view. One of several lines, or with tabs, is not all there.
func (r *textReader) query(s section) {
	for _, l := range s.lines {
		name := strings.TrimSpace(l.name)
		switch name {
		case "Original Query:", "View Original Text:", "Expanded Query:", "View Expanded Text:":
			r.definition = unpad(l.typ) // the expanded one comes last
			r.queryCut = r.queryCut || l.tail
		case "":
			r.queryCut = true
		}
	}
}

// queryOf finds the query of a view in what DESCRIBE EXTENDED prints of the table, as Thrift's classes print themselves:
// with escapes, or over lines whose tabs part them into columns, of which there are three.
func queryOf(rows []row) (string, error) {
	const heading, original, expanded, behind = "Detailed Table Information", ", viewOriginalText:", ", viewExpandedText:", ", tableType:"
	var text strings.Builder
	begun := 0
	for i, l := range linesOf(rows) {
		switch {
		case begun == 0 && strings.TrimSpace(l.name) == heading:
			begun = i + 1
			text.WriteString(l.typ)
		case begun > 0:
			if l.tail && l.comment != "" {
				return "", l.fault("the line has more tabs than the answer has columns")
			}
			text.WriteString("\n" + l.name)
			if r := rows[i]; len(r.cells) > 1 && r.cells[1] != nil {
				text.WriteString("\t" + l.typ)
			}
		}
	}
	all := text.String()
	last := line{at: len(rows), name: all}
	end := strings.LastIndex(all, behind)
	if begun == 0 || end < 0 {
		return "", last.fault("the answer has no query")
	}
	all = all[:end]
	at := strings.LastIndex(all, expanded)
	if at < 0 {
		return "", last.fault("the answer has no query")
	}
	query := all[at+len(expanded):]
	if from := strings.Index(all, original); query == "null" && from >= 0 {
		query = all[from+len(original) : at]
	}
	if begun == len(rows) {
		query = unescape(query)
	}
	return query, nil
}

// constraint reads the constraints of one kind. All that Hive shows here are not enforced, but for conditions.
func (r *textReader) constraint(s section) error {
	var name string
	for _, l := range s.lines {
		label, value, _ := strings.Cut(unpad(l.name), ":")
		if value = strings.TrimSpace(value); value == "" {
			value = unpad(l.typ)
		}
		of := func(label string) string { // the value of a second label in the line
			return strings.TrimPrefix(unpad(l.typ), label+":")
		}
		switch label + " of " + s.heading {
		case "Column Name of # Primary Key", "Column Names of # Primary Key":
			if r.primaryKey == nil {
				r.primaryKey = &schema.PrimaryKey{Name: name, NotEnforced: true}
			}
			r.primaryKey.Columns = append(r.primaryKey.Columns, value)
			r.keyCut = r.keyCut || label == "Column Names" && l.tail
		case "Parent Column Name of # Foreign Keys":
			parent := strings.Split(value, ".")
			if len(parent) != 3 || len(r.foreignKeys) == 0 {
				return l.fault("want schema.table.column")
			}
			k := &r.foreignKeys[len(r.foreignKeys)-1]
			k.RefSchema, k.RefTable = parent[0], parent[1]
			k.RefColumns, k.Columns = append(k.RefColumns, parent[2]), append(k.Columns, of("Column Name"))
		case "Column Name of # Unique Constraints":
			if len(r.unique) == 0 {
				return l.fault("want a name first")
			}
			k := &r.unique[len(r.unique)-1]
			k.Columns = append(k.Columns, value)
		case "Column Name of # Not Null Constraints":
			r.notNull[value] = true
		case "Column Name of # Default Constraints":
			r.defaults[value] = of("Default Value")
		case "Column Name of # Check Constraints":
			r.checks = append(r.checks, schema.Check{Name: name, Condition: schema.SQL(strings.TrimRight(of("Check Value"), " "))})
		default:
			if label != "Constraint Name" {
				continue // the table, once more
			}
			switch name = value; s.heading {
			case "# Foreign Keys":
				r.foreignKeys = append(r.foreignKeys, schema.ForeignKey{Name: name, NotEnforced: true})
			case "# Unique Constraints":
				r.unique = append(r.unique, schema.Unique{Name: name, NotEnforced: true})
			}
		}
	}
	return nil
}
