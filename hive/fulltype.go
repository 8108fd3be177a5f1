package hive

import "strings"

// FullType is a Hive type with what it is made of, as DESCRIBE shows it. HiveServer2 does not send it with a result: there
// a column is just an ARRAY.
type FullType struct {
	Type
	// Parts are the types of an ARRAY's elements, of a MAP's keys and values, of a STRUCT's fields, or of a UNIONTYPE's
	// alternatives. They are nil if the text leaves them out ("array"), and for any other type.
	Parts []FullType
	// Names are the names of a STRUCT's fields, as they were written; nil for any other type.
	Names []string
}

// ParseType reads a type as DESCRIBE shows it, such as "map<string,array<decimal(10,2)>>". Upper and lower case are one.
// The parts of nested types may be left out, at any depth. The error is a [*TextError].
func ParseType(text string) (FullType, error) {
	t, err := parseNestedType(text)
	if err != nil {
		return FullType{}, err
	}
	return t.full(), nil
}

func (t *nestedType) full() FullType {
	full := FullType{Type: t.Type}
	for _, part := range t.parts {
		full.Parts = append(full.Parts, part.full())
	}
	for _, label := range t.labels {
		full.Names = append(full.Names, label[1:len(label)-len(`":`)])
	}
	if t.parts != nil && full.Parts == nil {
		full.Parts, full.Names = []FullType{}, []string{} // of struct<>
	}
	return full
}

// String spells the type as DESCRIBE does: "struct<day:date,prices:array<decimal(10,2)>>".
func (t FullType) String() string {
	if t.Parts == nil {
		return t.Type.String()
	}
	var b strings.Builder
	b.WriteString(t.Type.String() + "<")
	for i, part := range t.Parts {
		if i > 0 {
			b.WriteByte(',')
		}
		if i < len(t.Names) {
			b.WriteString(fieldName(t.Names[i]) + ":")
		}
		b.WriteString(part.String())
	}
	b.WriteByte('>')
	return b.String()
}

// fieldName puts a name into backticks if it could not be read without them.
func fieldName(name string) string {
	if strings.ContainsAny(name, ":,<> ") {
		return "`" + name + "`"
	}
	return name
}
