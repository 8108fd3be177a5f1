package describe

import "github.com/skep-go/skep/toolkit/schema"

// widest is how wide a type may be on one line.
const widest = 40

// typeLines is the text of a type, with the parts of one that is long below each other.
func typeLines(t schema.Type) []string {
	text := visible(t.String())
	if len(text) <= widest {
		return []string{text}
	}
	switch t := t.(type) {
	case schema.ArrayType:
		return enclose("array<", typeLines(t.Elem()), ">")
	case schema.MapType:
		return enclose("map<"+visible(t.Key().String())+",", typeLines(t.Value()), ">")
	case schema.StructType:
		var parts [][]string
		for _, f := range t.Fields() {
			bare := schema.Struct(schema.Field{Name: f.Name, Type: schema.Null}).String() // struct<name:void>
			part := enclose(visible(bare[len("struct<"):len(bare)-len("void>")]), typeLines(f.Type), "")
			if f.Comment != "" {
				part[len(part)-1] += " comment " + visible(quoteSQL(f.Comment))
			}
			parts = append(parts, part)
		}
		return stack("struct<", parts)
	case schema.UnionType:
		var parts [][]string
		for _, part := range t.Types() {
			parts = append(parts, typeLines(part))
		}
		return stack("uniontype<", parts)
	}
	return []string{text}
}

// enclose puts something before the first line and behind the last one.
func enclose(before string, lines []string, behind string) []string {
	lines[0] = before + lines[0]
	lines[len(lines)-1] += behind
	return lines
}

// stack has parts below each other, between a word and a bracket.
func stack(word string, parts [][]string) []string {
	lines := []string{word}
	for i, part := range parts {
		if i < len(parts)-1 {
			part[len(part)-1] += ","
		}
		for _, l := range part {
			lines = append(lines, "  "+l)
		}
	}
	return append(lines, ">")
}

func quoteSQL(s string) string {
	text := schema.Enum(s).String() // enum('…')
	return text[len("enum(") : len(text)-1]
}
