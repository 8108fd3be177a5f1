package dialect

import (
	"fmt"
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// likeness writes LIKE. HiveQL has no ESCAPE: a backslash before % or _ makes them characters like others, and is itself
// one anywhere else. So a text that ends with a backslash cannot stand before a wildcard, nor can the value of a column,
// which may hold wildcards; those are searched for instead.
func (d *Hive) likeness(c *compile.Compiler, n *expr.Likeness) compile.Level {
	value, isValue := n.Pattern.Node.(*expr.Value)
	switch {
	case n.Match != expr.MatchPattern && (n.Backslash() || !isValue):
		return d.search(c, n)
	case isValue && n.Backslash():
		return d.regexp(c, n, value)
	}
	op := expr.OpLike
	if n.Not {
		op = expr.OpNotLike
	}
	o, _ := c.Operator(op)
	folded(c, n, n.X, o.Left)
	c.Text(o.Text)
	switch {
	case !isValue && n.Escape != 0:
		c.Fail(d.unsupported("LIKE … ESCAPE", "give the pattern as a value"))
	case n.Match != expr.MatchPattern:
		c.ValueAs(value, func(v any) (any, error) { return containing(n.Match, v) })
	case n.Escape != 0:
		c.ValueAs(value, func(v any) (any, error) { return unescaped(n.Escape, v) })
	default:
		folded(c, n, n.Pattern, o.Right)
	}
	return o.Level
}

func folded(c *compile.Compiler, n *expr.Likeness, t *expr.Term, min compile.Level) {
	if !n.Fold {
		c.Operand(t, min)
		return
	}
	call(c, "lower", t)
}

// search finds the pattern in the text by its place there.
func (d *Hive) search(c *compile.Compiler, n *expr.Likeness) compile.Level {
	c.Text("instr(")
	if n.Match == expr.MatchSuffix { // a text ends with another if it begins with it, both read backwards
		call(c, "reverse", n.X)
		c.Text(", ")
		call(c, "reverse", n.Pattern)
	} else {
		c.Terms([]*expr.Term{n.X, n.Pattern})
	}
	c.Text(")")
	switch {
	case n.Match == expr.MatchContains && n.Not:
		c.Text(" = 0")
	case n.Match == expr.MatchContains:
		c.Text(" > 0")
	case n.Not:
		c.Text(" <> 1")
	default:
		c.Text(" = 1")
	}
	return compile.LevelIs
}

// regexp writes a pattern with backslashes as a regular expression.
func (d *Hive) regexp(c *compile.Compiler, n *expr.Likeness, value *expr.Value) compile.Level {
	folded(c, n, n.X, compile.LevelIs+1)
	if n.Not {
		c.Text(" NOT")
	}
	c.Text(" RLIKE ")
	c.ValueAs(value, func(v any) (any, error) { return expression(n, v) })
	return compile.LevelIs
}

// wildcard is what stands in a LIKE pattern: a character, or the wildcard of this name.
type wildcard struct {
	char rune
	wild bool
}

// parse reads a pattern. After the escape, % and _ and the escape stand for themselves, and nothing else may follow.
func parse(v any, escape rune) ([]wildcard, error) {
	text, ok := v.(string)
	if !ok {
		return nil, &compile.ArgumentError{Reason: fmt.Sprintf("a pattern must be a string, not %T", v)}
	}
	var list []wildcard
	escaped := false
	for _, r := range text {
		switch {
		case escaped && r != '%' && r != '_' && r != escape:
			return nil, &compile.ArgumentError{Reason: "in a pattern, only %, _ and the escape may follow the escape"}
		case escaped:
			list, escaped = append(list, wildcard{char: r}), false
		case escape != 0 && r == escape:
			escaped = true
		default:
			list = append(list, wildcard{r, r == '%' || r == '_'})
		}
	}
	if escaped {
		return nil, &compile.ArgumentError{Reason: "a pattern ends with its escape"}
	}
	return list, nil
}

// containing is the pattern of a text without backslashes, with the wildcards that match asks for.
func containing(match expr.Match, v any) (any, error) {
	text, ok := v.(string)
	if !ok {
		return nil, &compile.ArgumentError{Reason: fmt.Sprintf("a pattern must be a string, not %T", v)}
	}
	text = strings.NewReplacer("%", `\%`, "_", `\_`).Replace(text)
	if match != expr.MatchPrefix {
		text = "%" + text
	}
	if match != expr.MatchSuffix {
		text += "%"
	}
	return text, nil
}

// unescaped is a pattern without backslashes whose escape is another one, as one whose escape is a backslash.
func unescaped(escape byte, v any) (any, error) {
	list, err := parse(v, rune(escape))
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, w := range list {
		if !w.wild && (w.char == '%' || w.char == '_') {
			b.WriteByte('\\')
		}
		b.WriteRune(w.char)
	}
	return b.String(), nil
}

// expression is a pattern as a regular expression of Java.
func expression(n *expr.Likeness, v any) (any, error) {
	list, err := parse(v, rune(n.Escape))
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, w := range list {
		switch {
		case w.wild && w.char == '%':
			b.WriteString(".*")
		case w.wild:
			b.WriteByte('.')
		default:
			if strings.ContainsRune(`\^$.|?*+()[]{}`, w.char) {
				b.WriteByte('\\')
			}
			if n.Fold {
				b.WriteString(strings.ToLower(string(w.char)))
			} else {
				b.WriteRune(w.char)
			}
		}
	}
	b.WriteString(`\z`)
	return b.String(), nil
}
