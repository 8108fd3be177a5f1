package dialect

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// createTable writes the clauses in the order of the grammar.
func (w *definition) createTable(s ddl.CreateTableStmt) {
	t := s.Table
	if !w.has(t) {
		return
	}
	_, external := attr[ExternalTable](t)
	_, temporary := attr[TemporaryTable](t)
	if temporary && w.version == Spark35 {
		w.refuse("temporary tables", "use a temporary view")
	}
	w.words("CREATE", when(temporary, "TEMPORARY"), when(external, "EXTERNAL"), "TABLE", when(s.Conditional, "IF NOT EXISTS"))
	w.Table(t)
	switch {
	case s.Query != nil && s.Model != nil:
		w.Refuse("a table is made of a query or like another one, not both")
		return
	case s.Model != nil:
		w.like(s, external)
		return
	case s.Query != nil:
		w.checkAsSelect(t, external)
	default:
		w.columns(t)
	}
	w.attributes(t, "CREATE TABLE")
	w.provider(t)
	if !s.Silent {
		w.optional(" COMMENT ", t.Comment)
	}
	w.partitioned(t, s.Query != nil)
	w.clustered(t)
	w.skewed(t)
	w.rowFormat(t)
	w.stored(t)
	w.location(t)
	w.tblProperties(t)
	if s.Query != nil {
		w.Text(" AS ")
		w.Nested(s.Query)
	}
}

// like writes what stands behind the name of a table that is like another one.
func (w *definition) like(s ddl.CreateTableStmt, external bool) {
	t := s.Table
	if len(t.Columns()) > 0 || len(t.Constraints()) > 0 {
		w.Refuse("a table that is like another one has its columns: declare it without, and without constraints")
	}
	w.attributes(t, "CREATE TABLE … LIKE", Partitioning{}, PartitionTransforms{}, Bucketing{}, Skewing{})
	if t.Comment != "" && !s.Silent {
		w.refuse("COMMENT in CREATE TABLE … LIKE", "use ddl.SetTableComment")
	}
	if external && w.version == Spark35 {
		w.refuse("CREATE EXTERNAL TABLE … LIKE", "give a Location")
	}
	w.Text(" LIKE ")
	w.Table(s.Model)
	w.provider(t)
	w.rowFormat(t)
	w.stored(t)
	w.location(t)
	w.tblProperties(t)
}

// checkAsSelect refuses what a table of a query cannot have.
func (w *definition) checkAsSelect(t *schema.Table, external bool) {
	if len(t.Columns()) > 0 || len(t.Constraints()) > 0 {
		w.Refuse("a table of a query has its columns: declare it without, and without constraints")
	}
	if external && w.version < Hive40 {
		w.refuse("CREATE EXTERNAL TABLE … AS SELECT", "create the table, and insert into it")
	}
	if _, partitioned := attr[Partitioning](t); partitioned && w.version < Hive40 {
		w.refuse("a partitioned CREATE TABLE … AS SELECT", "create the table, and insert into it")
	}
	if _, bucketed := attr[Bucketing](t); bucketed && w.version != Spark35 {
		w.refuse("a bucketed CREATE TABLE … AS SELECT", "create the table, and insert into it")
	}
}

// partitioned writes the columns by which a table is partitioned. They are not among the others.
func (w *definition) partitioned(t *schema.Table, ofQuery bool) {
	if spec, ok := attr[PartitionTransforms](t); ok && w.hiveOnly(Hive40, "PARTITIONED BY SPEC", "use PartitionedBy") {
		w.transforms(t, spec)
	}
	p, ok := attr[Partitioning](t)
	if !ok {
		return
	}
	if len(p.Columns) == 0 {
		w.Refuse("a partitioned table wants columns: PartitionedBy(…)")
	}
	w.Text(" PARTITIONED BY (")
	if ofQuery {
		w.Idents(p.Columns)
	} else {
		for i, c := range w.declared(t, p.Columns) {
			w.comma(i)
			w.Within(c.Name, -1, func() { w.partitionColumn(t, c) })
		}
	}
	w.Text(")")
}

// declared are the columns with these keys or names, which must be the table's.
func (w *definition) declared(t *schema.Table, keys []string) []*schema.Column {
	var list []*schema.Column
	for _, key := range keys {
		c, ok := t.Column(key)
		if !ok {
			w.Refuse("the table has no column " + strconv.Quote(key))
			continue
		}
		list = append(list, c)
	}
	return list
}

func (w *definition) transforms(t *schema.Table, spec PartitionTransforms) {
	if s, _ := attr[Storage](t); s.Handler == "" { // Hive would drop them silently
		w.Refuse("transforms want a handler that knows them: StoredBy(\"ICEBERG\", nil)")
	}
	w.Text(" PARTITIONED BY SPEC (")
	for i, f := range spec.Transforms {
		w.comma(i)
		open, end := "", ""
		switch f.Func {
		case "":
		case "YEAR", "MONTH", "DAY", "HOUR":
			open, end = f.Func+"(", ")"
		case "BUCKET", "TRUNCATE":
			open, end = f.Func+"("+strconv.Itoa(f.N)+", ", ")"
		default:
			w.Refuse(strconv.Quote(f.Func) + " is no transform of a partition")
		}
		w.Text(open)
		for _, c := range w.declared(t, []string{f.Column}) {
			w.Ident(c.Name)
		}
		w.Text(end)
	}
	w.Text(")")
}

func (w *definition) clustered(t *schema.Table) {
	b, ok := attr[Bucketing](t)
	if !ok {
		return
	}
	if len(t.Columns()) > 0 {
		w.declared(t, b.Columns)
	}
	w.Text(" ")
	w.bucketing(t, b)
}

// bucketing writes CLUSTERED BY.
func (w *definition) bucketing(t *schema.Table, b Bucketing) {
	if b.Count < 1 || len(b.Columns) == 0 {
		w.Refuse("buckets want columns and a number: ClusteredBy(…).Into(n)")
	}
	w.Text("CLUSTERED BY (")
	w.Idents(namesOf(t, b.Columns))
	w.Text(")")
	for i, key := range b.Sort {
		w.Text([]string{" SORTED BY (", ", "}[min(i, 1)])
		column, descending := strings.CutPrefix(key, "-")
		if descending && w.version == Spark35 {
			w.refuse("buckets in descending order", "sort them from the lowest up")
		}
		w.Idents(namesOf(t, []string{column}))
		w.Text(when(descending, " DESC"))
	}
	w.Text(when(len(b.Sort) > 0, ")") + " INTO " + strconv.Itoa(b.Count) + " BUCKETS")
}

func (w *definition) skewed(t *schema.Table) {
	if s, ok := attr[Skewing](t); ok && w.hiveOnly(Hive23, "SKEWED BY", "leave it out") {
		w.Text(" ")
		w.skewing(t, s)
	}
}

// skewing writes SKEWED BY.
func (w *definition) skewing(t *schema.Table, s Skewing) {
	if len(s.Columns) == 0 || len(s.Values) == 0 {
		w.Refuse("a skewed table wants columns and values: SkewedBy(…).On(…)")
	}
	w.Text("SKEWED BY (")
	w.Idents(namesOf(t, s.Columns))
	w.Text(") ON (")
	for i, tuple := range s.Values {
		w.comma(i)
		if len(tuple) != len(s.Columns) {
			w.Refuse("a skewed value wants one value for each column")
		}
		w.Text(when(len(tuple) > 1, "("))
		for j, v := range tuple {
			w.comma(j)
			w.skewedValue(v)
		}
		w.Text(when(len(tuple) > 1, ")"))
	}
	w.Text(")" + when(s.Directories, " STORED AS DIRECTORIES"))
}

// skewedValue writes a frequent value. Of a text Hive keeps what stands between the quotes, with all escapes, so that is
// how it is written, too.
func (w *definition) skewedValue(v any) {
	text, ok := v.(string)
	if !ok {
		w.Literal(v, nil)
		return
	}
	escaped := false
	for _, c := range text {
		if c == '\'' && !escaped {
			w.Refuse("a frequent value cannot have a quote in it without a backslash before, which Hive keeps")
			return
		}
		escaped = c == '\\' && !escaped
	}
	if escaped || strings.Contains(text, "${") || strings.ContainsRune(text, 0) {
		w.Refuse("a frequent value cannot end with a backslash, and cannot have ${ or NUL in it")
		return
	}
	w.Text("'" + text + "'")
}

func (w *definition) rowFormat(t *schema.Table) {
	delimited, isDelimited := attr[RowFormatDelimited](t)
	serde, isSerDe := attr[RowSerDe](t)
	switch {
	case isDelimited && isSerDe:
		w.Refuse("a table has RowFormatDelimited or a SerDe, not both")
	case isDelimited:
		w.Text(" ROW FORMAT DELIMITED")
		w.optional(" FIELDS TERMINATED BY ", delimited.Fields)
		if delimited.Escaped != "" && delimited.Fields == "" {
			w.Refuse("an escape wants Fields beside it")
		}
		w.optional(" ESCAPED BY ", delimited.Escaped)
		w.optional(" COLLECTION ITEMS TERMINATED BY ", delimited.Collection)
		w.optional(" MAP KEYS TERMINATED BY ", delimited.MapKeys)
		w.optional(" LINES TERMINATED BY ", delimited.Lines)
		w.optional(" NULL DEFINED AS ", delimited.NullAs)
	case isSerDe:
		w.Text(" ROW FORMAT")
		w.serde(serde)
	}
}

// serde writes SERDE and its properties, behind a space.
func (w *definition) serde(s RowSerDe) {
	w.Text(" SERDE ")
	w.constant(s.Class)
	if len(s.Properties) > 0 {
		w.properties(" WITH SERDEPROPERTIES ", s.Properties)
	}
}

// provider writes what Spark has before the comment.
func (w *definition) provider(t *schema.Table) {
	s, _ := attr[Storage](t)
	if s.Provider == "" {
		return
	}
	if w.version != Spark35 {
		w.refuse("USING", "use StoredAs")
		return
	}
	w.Text(" USING ")
	w.Ident(strings.ToLower(s.Provider))
	if len(s.Properties) > 0 {
		w.properties(" OPTIONS ", s.Properties)
	}
}

func (w *definition) stored(t *schema.Table) {
	s, ok := attr[Storage](t)
	switch {
	case !ok || s.Provider != "":
	case s.Handler != "" && w.hiveOnly(Hive23, "STORED BY", "use Using"):
		w.handler(s)
	case s.Handler == "":
		w.Text(" STORED AS ")
		w.format(s)
	}
}

func (w *definition) handler(s Storage) {
	w.Text(" STORED BY ")
	if compile.PlainIdent(strings.ToLower(s.Handler)) {
		if w.version < Hive40 {
			w.refuse("STORED BY "+s.Handler, "name the class of the handler")
		}
		w.Text(strings.ToUpper(s.Handler))
	} else {
		w.constant(s.Handler)
	}
	if len(s.Properties) > 0 {
		w.properties(" WITH SERDEPROPERTIES ", s.Properties)
	}
}

// format writes what stands behind STORED AS and FILEFORMAT.
func (w *definition) format(s Storage) {
	format := strings.ToUpper(s.Format)
	switch {
	case s.Input != "" && s.Output != "":
		w.optional("INPUTFORMAT ", s.Input)
		w.optional(" OUTPUTFORMAT ", s.Output)
	case format == "JSONFILE" && w.version != Hive40:
		w.refuse("STORED AS JSONFILE", "use StoredAs(\"TEXTFILE\") with a SerDe")
	case compile.PlainIdent(strings.ToLower(format)):
		w.Text(format)
	default:
		w.Refuse("want a format such as ORC, or the classes of one")
	}
}

func (w *definition) location(t *schema.Table) {
	l, _ := attr[FileLocation](t)
	_, external := attr[ExternalTable](t)
	if external && l.Path == "" && w.version == Spark35 {
		w.refuse("external tables without a location", "give a Location")
	}
	w.optional(" LOCATION ", l.Path)
}

// tblProperties writes the properties of a table, those among them by which it is transactional.
func (w *definition) tblProperties(t *schema.Table) {
	p, _ := attr[TableProperties](t)
	properties := maps.Clone(p.Properties)
	if acid, ok := attr[TransactionalTable](t); ok && w.canChange(t, acid) {
		if properties == nil {
			properties = map[string]string{}
		}
		properties["transactional"] = "true"
		if acid.Inserts {
			properties["transactional_properties"] = "insert_only"
		}
	}
	if len(properties) > 0 {
		w.properties(" TBLPROPERTIES ", properties)
	}
}

// canChange refuses tables that cannot be transactional.
func (w *definition) canChange(t *schema.Table, acid TransactionalTable) bool {
	storage, _ := attr[Storage](t)
	_, external := attr[ExternalTable](t)
	switch {
	case !w.hiveOnly(Hive23, "transactional tables", "use a table format that has transactions, such as Delta or Iceberg"):
		return false
	case acid.Inserts:
		return w.hiveOnly(Hive31, "tables that are transactional for inserts only", "use Transactional() with ORC and buckets")
	case external:
		w.Refuse("an external table cannot be transactional")
	case !strings.EqualFold(storage.Format, "ORC"):
		w.Refuse("a transactional table is stored as ORC, or is InsertOnly")
	case w.version == Hive23 && len(bucketColumns(t)) == 0:
		w.Refuse("a transactional table of Hive 2 has buckets: ClusteredBy(…).Into(n)")
	default:
		return true
	}
	return false
}

// columns writes the columns and constraints of a table, without the columns by which it is partitioned.
func (w *definition) columns(t *schema.Table) {
	partitions := partitionColumns(t)
	sep := " ("
	w.Bare(expr.T(t).Source, func() {
		for _, c := range t.Columns() {
			if slices.Contains(partitions, c) {
				continue
			}
			w.Text(sep)
			w.Within(c.Name, -1, func() { w.column(t, c) })
			sep = ", "
		}
		if sep == " (" {
			w.Refuse("the table has no columns, those of partitions aside")
		}
		for i, k := range t.Constraints() {
			if fk, ok := k.(*schema.ForeignKey); ok && fk.UseAlter {
				continue
			}
			w.Text(", ")
			w.Within("constraint", i, func() { w.constraint(k) })
		}
	})
	w.Text(")")
}
