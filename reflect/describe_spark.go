package hivereflect

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/skep-go/skep/dialect"
	"github.com/skep-go/skep/hive"
	"github.com/skep-go/skep/toolkit/schema"
)

// readSpark reads a table of Spark. Of properties DESCRIBE prints one text of which they cannot be told apart for sure, so
// Spark is asked for them again where there are some.
func (a *asker) readSpark(ctx context.Context, t *schema.Table) (*found, error) {
	rows, err := a.ask(ctx, dialect.Describe(t).Formatted(), hive.Options{})
	if err != nil {
		return nil, err
	}
	r := sparkReader{found: &found{defaults: map[string]string{}}}
	if err := r.read(linesOf(rows)); err != nil {
		return nil, err
	}
	if r.Name == "" { // nothing is told of temporary views but their columns
		r.Name = t.Name
	}
	for i, c := range r.columns {
		if cut.MatchString(c.typ) {
			if r.columns[i].typ, err = a.sparkType(ctx, t, c.name); err != nil {
				return nil, err
			}
		}
	}
	if !r.more {
		return r.found, nil
	}
	if rows, err = a.ask(ctx, dialect.ShowTblProperties(t), hive.Options{}); err != nil {
		return nil, err
	}
	for _, row := range rows {
		if name, ok := strings.CutPrefix(row.at(0), "option."); ok {
			r.detail.SerDeProperties[name] = row.at(1)
		} else {
			r.detail.Properties[row.at(0)] = row.at(1)
		}
	}
	return r.found, nil
}

// cut finds a struct of which not all fields are printed: Spark stops at spark.sql.debug.maxToStringFields, which are 25.
var cut = regexp.MustCompile(`\.\.\. \d+ more fields?>`)

// sparkType asks for the type of one column, which is told in full then.
func (a *asker) sparkType(ctx context.Context, t *schema.Table, column string) (string, error) {
	about := schema.NewTable(nil, t.Name, schema.In(t.Schema), schema.Col(column, schema.String))
	rows, err := a.ask(ctx, dialect.Describe(about).Column(column), hive.Options{})
	if err != nil {
		return "", err
	}
	for _, r := range rows {
		if r.at(0) == "data_type" {
			return r.at(1), nil
		}
	}
	return "", line{at: len(rows), name: column}.fault("the answer has no type")
}

// sparkReader reads what Spark's DESCRIBE FORMATTED prints (CatalogTable.toLinkedHashMap).
type sparkReader struct {
	*found
	more bool // there are properties
}

func (r *sparkReader) read(lines []line) (err error) {
	same := func(s string) string { return s }
	r.Temporary, r.tableType = true, "VIEW"
	for _, s := range sections(lines) {
		switch s.heading {
		case "":
			r.columns, err = s.columns(same)
		case "# Partition Information":
			r.partitions, err = s.columns(same)
			r.columns = without(r.columns, r.partitions)
		case "# Detailed Table Information":
			r.Temporary = false
			r.detail.Properties, r.detail.SerDeProperties = map[string]string{}, map[string]string{}
			for _, l := range s.lines {
				if err := r.fact(l); err != nil {
					return err
				}
			}
		case "# Column Default Values":
			for _, l := range s.lines {
				if r.tableType != "VIEW" {
					r.defaults[strings.ToLower(l.name)] = l.comment
				}
			}
		}
		if err != nil {
			return err
		}
	}
	if len(r.columns)+len(r.partitions) == 0 {
		return line{at: len(lines)}.fault("the answer has no columns")
	}
	r.made()
	return nil
}

func (r *sparkReader) fact(l line) (err error) {
	d, b := &r.detail, &r.buckets
	switch l.name {
	case "Database":
		r.Schema = l.typ
	case "Table":
		r.Name = l.typ
	case "Owner":
		d.Owner = l.typ
	case "Created Time":
		d.Created = javaDate(l.typ)
	case "Type":
		r.tableType = l.typ
	case "Provider":
		if l.typ != "hive" {
			d.Properties["spark.sql.sources.provider"] = l.typ // as the metastore has it
		}
	case "Comment":
		r.Comment = l.typ
	case "Statistics":
		d.counted(l.typ)
	case "Location":
		d.Location = l.typ
	case "Serde Library":
		d.SerDe = l.typ
	case "InputFormat":
		d.InputFormat = l.typ
	case "OutputFormat":
		d.OutputFormat = l.typ
	case "Num Buckets":
		if b.count, err = strconv.Atoi(l.typ); err != nil {
			return l.fault("want a number")
		}
	case "Bucket Columns":
		b.columns, err = l.list(l.typ, "[`", "`, `", "`]", r.columns)
	case "Sort Columns":
		var names []string
		names, err = l.list(l.typ, "[`", "`, `", "`]", r.columns)
		for _, name := range names {
			b.sort = append(b.sort, sortColumn{name: name})
		}
	case "View Text":
		r.definition = l.typ
	case "Table Properties":
		r.more = r.more || !onlyTime(l.typ)
	case "Storage Properties":
		r.more = r.more || l.typ != "[serialization.format=1]"
	}
	return err
}

// counted reads "890 bytes, 3 rows" into the properties that the metastore has for it.
func (d *Detail) counted(text string) {
	for _, part := range strings.Split(text, ", ") {
		if n, ok := strings.CutSuffix(part, " bytes"); ok {
			d.Properties[sparkStatistics+"totalSize"] = n
		} else if n, ok := strings.CutSuffix(part, " rows"); ok {
			d.Properties[sparkStatistics+"numRows"] = n
		}
	}
}

// onlyTime: the property that every table of Hive's has, which is the time of its last change.
func onlyTime(properties string) bool {
	seconds, ok := strings.CutPrefix(properties, "[transient_lastDdlTime=")
	_, err := strconv.ParseUint(strings.TrimSuffix(seconds, "]"), 10, 64)
	return ok && err == nil
}
