package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Difference is a part of a table that is not as it was wanted.
type Difference struct {
	Part string // such as "column carrier: type"
	Want string // "" if the part should not be there
	Got  string // "" if it is not there
}

func (d Difference) String() string {
	switch "" {
	case d.Want:
		return d.Part + ": " + d.Got + " is not wanted"
	case d.Got:
		return d.Part + ": " + d.Want + " is missing"
	}
	return fmt.Sprintf("%s: %s, want %s", d.Part, d.Got, d.Want)
}

// Diff tells how a table, such as one that was reflected, differs from what is wanted, such as its declaration. What want
// does not say is not compared: names of constraints and indexes, and attributes of a type of which it has none. Nor are
// names and schemas of the tables, what is known to the program alone, such as [Key], Info and defaults that are not the
// server's, and each [Fact].
func Diff(want, got *Table) []Difference {
	var d differ
	d.text("comment", want.Comment, got.Comment)
	d.columns(want, got)
	d.constraints(want, got)
	d.indexes(want, got)
	d.attrs(want, got)
	return d.list
}

type differ struct{ list []Difference }

func (d *differ) add(part, want, got string) {
	d.list = append(d.list, Difference{part, want, got})
}

func (d *differ) text(part, want, got string) {
	if want != got {
		d.add(part, fmt.Sprintf("%q", want), fmt.Sprintf("%q", got))
	}
}

func (d *differ) columns(want, got *Table) {
	var places []int // in got, of the columns that both have
	for _, w := range want.columns {
		part := "column " + w.Name
		g := got.byName[fold(w.Name)]
		if g == nil {
			d.add(part, typeText(w.Type), "")
			continue
		}
		places = append(places, slices.Index(got.columns, g))
		if w.Type != g.Type {
			d.add(part+": type", typeText(w.Type), typeText(g.Type))
		}
		d.text(part+": comment", w.Comment, g.Comment)
		d.value(part+": not null", w.NotNull, g.NotNull)
		d.value(part+": default", shown(w.ServerDefault), shown(g.ServerDefault))
		d.value(part+": computed", shown(w.Computed), shown(g.Computed))
		d.value(part+": identity", shown(w.Identity), shown(g.Identity))
		d.value(part+": auto increment", w.AutoIncrement, g.AutoIncrement)
	}
	for _, g := range got.columns {
		if want.byName[fold(g.Name)] == nil {
			d.add("column "+g.Name, "", typeText(g.Type))
		}
	}
	if !slices.IsSorted(places) {
		d.add("order of columns", columnNames(want), columnNames(got))
	}
}

func typeText(t Type) string {
	if t == nil {
		return "no type"
	}
	return t.String()
}

func columnNames(t *Table) string {
	var names []string
	for _, c := range t.columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

func (d *differ) value(part string, want, got any) {
	if w, g := fmt.Sprint(want), fmt.Sprint(got); w != g {
		d.add(part, w, g)
	}
}

// shown is a value as it is compared and read: SQL as its text, other expressions as what they are made of.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case SQL:
		return string(v)
	case string:
		return fmt.Sprintf("%q", v)
	case *Computed:
		if v == nil {
			return "none"
		}
		return fmt.Sprintf("%s, stored: %t", shown(v.Expr), v.Stored)
	case *Identity:
		if v == nil {
			return "none"
		}
		return fmt.Sprintf("%+v", *v)
	}
	return fmt.Sprintf("%+v", v)
}

// piece is a constraint or an index as Diff sees it: one of got is compared with that of want that has its key.
type piece struct{ key, name, text string }

func (d *differ) constraints(want, got *Table) {
	d.pieces(constraintPieces(want), constraintPieces(got))
}

func constraintPieces(t *Table) []piece {
	var list []piece
	for _, k := range t.constraints {
		p := piece{name: k.ConstraintName()}
		switch k := k.(type) {
		case *PrimaryKey:
			p.key = "primary key"
			p.text = names(k.Columns) + trusted(k.NotEnforced, k.Rely)
		case *Unique:
			p.key = "unique " + names(k.Columns)
			p.text = "unique" + trusted(k.NotEnforced, k.Rely)
		case *Check:
			p.key = "check " + shown(k.Condition)
			p.text = "check" + trusted(k.NotEnforced, k.Rely)
		case *ForeignKey:
			p.key = "foreign key " + names(k.Columns)
			p.text = "to " + k.parentText() + k.rules() + trusted(k.NotEnforced, k.Rely)
		}
		list = append(list, p)
	}
	return list
}

// parentText names the parent, which stands in the schema of its child if nothing else is said.
func (k *ForeignKey) parentText() string {
	schema, columns := k.RefSchema, k.RefColumns
	if fold(schema) == fold(k.table.Schema) {
		schema = ""
	}
	if _, found, err := k.Target(); err == nil {
		columns = nil
		for _, c := range found {
			columns = append(columns, c.Name)
		}
	}
	return fold(fullName(schema, k.RefTable)) + " " + names(columns)
}

// rules are what a foreign key says besides its columns. What is left to the database is nothing.
func (k *ForeignKey) rules() string {
	var b strings.Builder
	for _, r := range []struct{ words, value string }{
		{" on delete ", string(k.OnDelete)},
		{" on update ", string(k.OnUpdate)},
		{" initially ", string(k.Initially)},
		{" match ", string(k.Match)},
	} {
		if r.value != "" {
			b.WriteString(r.words + r.value)
		}
	}
	if k.Deferrable {
		b.WriteString(" deferrable")
	}
	return b.String()
}

func names(list []string) string { return "(" + fold(strings.Join(list, ", ")) + ")" }

func trusted(notEnforced, rely bool) string {
	text := ""
	if notEnforced {
		text += " not enforced"
	}
	if rely {
		text += " rely"
	}
	return text
}

func (d *differ) indexes(want, got *Table) { d.pieces(indexPieces(want), indexPieces(got)) }

func indexPieces(t *Table) []piece {
	var list []piece
	for _, x := range t.indexes {
		p := piece{key: "index on " + names(x.Columns), name: x.Name, text: "index"}
		for _, e := range x.Exprs {
			p.key += " " + shown(e)
		}
		if x.Unique {
			p.text = "unique index"
		}
		list = append(list, p)
	}
	return list
}

func (d *differ) pieces(want, got []piece) {
	for _, w := range want {
		i := slices.IndexFunc(got, func(g piece) bool { return g.key == w.key })
		if i < 0 {
			d.add(w.key, w.text, "")
			continue
		}
		g := got[i]
		got = slices.Delete(slices.Clone(got), i, i+1)
		if w.text != g.text {
			d.add(w.key, w.text, g.text)
		}
		if w.name != "" && fold(w.name) != fold(g.name) {
			d.add(w.key+": name", w.name, g.name)
		}
	}
	for _, g := range got {
		d.add(g.key, "", g.text)
	}
}

func (d *differ) attrs(want, got *Table) {
	for _, w := range want.attrs {
		if _, fact := w.(Fact); fact {
			continue
		}
		kind, text := reflect.TypeOf(w), ""
		for _, g := range got.attrs {
			if reflect.TypeOf(g) == kind {
				text = attrText(g)
			}
		}
		if attrText(w) != text {
			d.add(kind.String(), attrText(w), text)
		}
	}
}

// attrText shows the fields of an attribute that say something.
func attrText(a Attr) string {
	v := reflect.Indirect(reflect.ValueOf(a))
	if v.Kind() != reflect.Struct {
		return fmt.Sprintf("%+v", a)
	}
	var fields []string
	for i := range v.NumField() {
		f, value := v.Type().Field(i), v.Field(i)
		nothing := value.IsZero() || (value.Kind() == reflect.Map || value.Kind() == reflect.Slice) && value.Len() == 0
		if !f.IsExported() || f.Anonymous || nothing {
			continue
		}
		form := "%s: %+v"
		switch value.Interface().(type) {
		case string, []string, map[string]string:
			form = "%s: %q"
		}
		fields = append(fields, fmt.Sprintf(form, f.Name, value.Interface()))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}
