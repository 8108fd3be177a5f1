package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// builder makes a table of its declaration.
type builder struct {
	*Table
	problems []error
	primary  *PrimaryKey
}

// build makes the table, and keeps what is wrong with it. The problems are those that the MetaData has with it.
func build(md *MetaData, d *declaration, problems ...string) *Table {
	b := &builder{Table: &Table{
		Name: d.name, Schema: md.schemaOr(string(d.schema)), Comment: string(d.comment), Info: d.info,
		id: lastID.Add(1), md: md, items: d.items,
		byKey: map[string]*Column{}, byName: map[string]*Column{},
	}}
	for _, reason := range problems {
		b.problem("", reason, nil)
	}
	for _, err := range d.wrong {
		b.problem("", "", err)
	}
	if d.name == "" {
		b.problem("", "the table has no name", nil)
	}
	for _, c := range d.columns {
		b.column(c)
	}
	for _, c := range b.columns {
		for _, item := range c.items {
			b.add(item, c)
		}
	}
	for _, item := range d.items {
		b.add(item, nil)
	}
	b.primaryKey()
	b.checkNames()
	b.err = errors.Join(b.problems...)
	return b.Table
}

func (b *builder) problem(part, reason string, err error) {
	b.problems = append(b.problems, &DeclarationError{Table: b.FullName(), Part: part, Reason: reason, Err: err})
}

func (b *builder) column(c *Column) {
	part := "column " + c.Name
	if c.table != nil {
		b.problem(part, "it is a column of table "+c.table.FullName()+" already", nil)
		c = c.clone() // so that whoever uses this table meets its own columns
	}
	if c.Name == "" || c.Key == "" {
		b.problem(part, "want a name and a key", nil)
	}
	if b.byKey[c.Key] != nil || b.byName[fold(c.Name)] != nil {
		b.problem(part, "it is there twice", nil)
		return
	}
	if err := CheckType(c.Type); err != nil {
		b.problem(part, "", err)
	}
	for _, reason := range c.wrong {
		b.problem(part, reason, nil)
	}
	c.table = b.Table
	b.columns = append(b.columns, c)
	b.byKey[c.Key] = c
	b.byName[fold(c.Name)] = c
}

// add adds a constraint, an index or an attribute. One of a column that names no columns is on that column.
func (b *builder) add(item Item, of *Column) {
	switch k := item.(type) {
	case PrimaryKey:
		k.table = b.Table
		k.Columns = b.names("primary key", k.Columns, of)
		k.Name = b.name("primary key", b.md.naming.PK, nameParts{given: k.Name, columns: k.Columns})
		if b.primary != nil {
			b.problem("primary key", "it is there twice", nil)
			return
		}
		b.primary = &k
	case Unique:
		k.table = b.Table
		k.Columns = b.names("unique constraint", k.Columns, of)
		k.Name = b.name("unique constraint", b.md.naming.UQ, nameParts{given: k.Name, columns: k.Columns})
		if len(k.Columns) == 1 {
			b.byName[fold(k.Columns[0])].Unique = true
		}
		b.constraints = append(b.constraints, &k)
	case ForeignKey:
		b.foreignKey(k, of)
	case Check:
		k.table = b.Table
		k.Condition = asSQL(k.Condition)
		if k.Condition == nil {
			b.problem("check "+k.Name, "want a condition", nil)
		}
		var columns []string
		if of != nil {
			columns = []string{of.Name}
		}
		k.Name = b.name("check", b.md.naming.CK, nameParts{given: k.Name, columns: columns})
		b.constraints = append(b.constraints, &k)
	case Index:
		b.index(k, of)
	case Attr:
		b.attrs = append(b.attrs, k)
	}
}

func (b *builder) foreignKey(k ForeignKey, of *Column) {
	part := "foreign key to " + k.RefTable
	k.table = b.Table
	k.Columns = b.names(part, k.Columns, of)
	k.RefSchema = b.md.schemaOr(k.RefSchema)
	k.RefColumns = slices.Clone(k.RefColumns)
	k.Name = b.name(part, b.md.naming.FK, nameParts{given: k.Name, columns: k.Columns, parent: k.RefTable})
	switch {
	case k.RefTable == "":
		b.problem(part, "want a table", nil)
	case len(k.RefColumns) > 0 && len(k.RefColumns) != len(k.Columns):
		b.problem(part, fmt.Sprintf("%d columns reference %d", len(k.Columns), len(k.RefColumns)), nil)
	}
	oneOf(b, part, k.OnDelete, "", Cascade, SetNull, SetDefault, Restrict, NoAction)
	oneOf(b, part, k.OnUpdate, "", Cascade, SetNull, SetDefault, Restrict, NoAction)
	oneOf(b, part, k.Initially, "", Immediate, Deferred)
	oneOf(b, part, k.Match, "", MatchFull, MatchPartial, MatchSimple)
	b.constraints = append(b.constraints, &k)
}

// oneOf refuses words that are not SQL's: they go into statements as they are.
func oneOf[T ~string](b *builder, part string, got T, words ...T) {
	if !slices.Contains(words, got) {
		b.problem(part, fmt.Sprintf("%q is not one of the words that SQL has for it", string(got)), nil)
	}
}

func (b *builder) index(x Index, of *Column) {
	x.table = b.Table
	x.Exprs = slices.Clone(x.Exprs)
	for i, e := range x.Exprs {
		x.Exprs[i] = asSQL(e)
	}
	if len(x.Columns) > 0 || len(x.Exprs) == 0 {
		x.Columns = b.names("index "+x.Name, x.Columns, of)
	}
	x.Name = b.name("index", b.md.naming.IX, nameParts{given: x.Name, columns: x.Columns})
	b.indexes = append(b.indexes, &x)
}

// names returns the names of columns that are given by key or name.
func (b *builder) names(part string, keys []string, of *Column) []string {
	if len(keys) == 0 && of != nil {
		return []string{of.Name}
	}
	if len(keys) == 0 {
		b.problem(part, "want columns", nil)
	}
	var names []string
	for _, key := range keys {
		c, ok := b.Column(key)
		switch {
		case !ok:
			b.problem(part, "the table has no column "+key, nil)
		case slices.Contains(names, c.Name):
			b.problem(part, "column "+c.Name+" is there twice", nil)
		default:
			names = append(names, c.Name)
		}
	}
	return names
}

// name returns the name of a constraint or an index, as the naming convention has it.
func (b *builder) name(part, template string, parts nameParts) string {
	parts.table = b.Name
	name, err := parts.name(template)
	if err != nil {
		b.problem(part, "", err)
	}
	return name
}

// primaryKey brings together the columns that are marked and the constraint that is given.
func (b *builder) primaryKey() {
	var marked []string
	for _, c := range b.columns {
		switch {
		case !c.PrimaryKey:
		case b.primary == nil:
			marked = append(marked, c.Key)
		case !slices.Contains(b.primary.Columns, c.Name):
			b.problem("column "+c.Name, "it is marked PK and is not of the primary key that is given", nil)
		}
	}
	if marked != nil {
		b.add(PrimaryKey{Columns: marked}, nil)
	}
	if b.primary == nil {
		return
	}
	for _, c := range b.named(b.primary.Columns) {
		c.PrimaryKey = true
	}
	b.constraints = slices.Insert(b.constraints, 0, Constraint(b.primary))
}

// checkNames refuses constraints of the same name.
func (b *builder) checkNames() {
	seen := map[string]bool{}
	for _, k := range b.constraints {
		name := fold(k.ConstraintName())
		if name != "" && seen[name] {
			b.problem("constraint "+k.ConstraintName(), "it is there twice", nil)
		}
		seen[name] = true
	}
}

// DeclarationError tells what is wrong with the declaration of a table.
type DeclarationError struct {
	Table  string // with its schema
	Part   string // such as "column carrier", or "" for the table as a whole
	Reason string
	Err    error // the cause, such as a [*TypeError], or nil
}

func (e *DeclarationError) Error() string {
	text := []string{"schema: table " + e.Table}
	if e.Part != "" {
		text = append(text, e.Part)
	}
	if e.Reason != "" {
		text = append(text, e.Reason)
	}
	if e.Err != nil {
		text = append(text, strings.TrimPrefix(e.Err.Error(), "schema: "))
	}
	return strings.Join(text, ": ")
}

func (e *DeclarationError) Unwrap() error { return e.Err }
