package dialect

import (
	"fmt"
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/expr"
)

// likeness writes LIKE where nothing in its pattern is escaped. HiveQL has no ESCAPE. A backslash before % or _ makes
// them characters like others, but not always: Hive 4.0 finds nothing by such a pattern when it reads rows in batches.
// And a text that ends with a backslash cannot stand before a wildcard. So a text is searched for by its place, and a
// pattern with an escape becomes a regular expression.
func (d *Hive) likeness(c *compile.Compiler, n *expr.Likeness) compile.Level {
	value, isValue := n.Pattern.Node.(*expr.Value)
	switch {
	case n.Match != expr.MatchPattern:
		return d.search(c, n)
	case isValue && (n.Escape != 0 || n.Backslash()):
		return regexp(c, n, value)
	case n.Escape != 0:
		c.Fail(d.unsupported("LIKE … ESCAPE", "give the pattern as a value"))
	}
	op := expr.OpLike
	if n.Not {
		op = expr.OpNotLike
	}
	o, _ := c.Operator(op)
	folded(c, n, n.X, o.Left)
	c.Text(o.Text)
	folded(c, n, n.Pattern, o.Right)
	return o.Level
}

func folded(c *compile.Compiler, n *expr.Likeness, t *expr.Term, min compile.Level) {
	if !n.Fold {
		c.Operand(t, min)
		return
	}
	call(c, "lower", t)
}

// search finds the pattern in the text by its place there. Hive finds the empty text everywhere but in the empty text.
func (d *Hive) search(c *compile.Compiler, n *expr.Likeness) compile.Level {
	_, isValue := n.Pattern.Node.(*expr.Value)
	switch {
	case n.Empty():
		anything := *n
		anything.Match, anything.Pattern = expr.MatchPattern, expr.Lit[expr.String]("%").Term
		return c.Standard(&anything)
	case isValue || d.version == Spark35:
		return found(c, n)
	}
	eq, either := expr.OpEq, " OR "
	if n.Not {
		eq, either = expr.OpNe, " AND "
	}
	c.Text("(")
	found(c, n)
	c.Text(either)
	c.Standard(&expr.Binary{Op: eq, L: n.X, R: n.Pattern})
	c.Text(")")
	return compile.LevelAtom
}

func found(c *compile.Compiler, n *expr.Likeness) compile.Level {
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

// regexp writes a pattern as a regular expression.
func regexp(c *compile.Compiler, n *expr.Likeness, value *expr.Value) compile.Level {
	folded(c, n, n.X, compile.LevelIs+1)
	if n.Not {
		c.Text(" NOT")
	}
	c.Text(" RLIKE ")
	c.ValueAs(value, func(v any) (any, error) { return expression(n, v) })
	return compile.LevelIs
}

// symbol is a character of a pattern, or a wildcard.
type symbol struct {
	char rune
	wild bool
}

// parse reads a pattern. After the escape, % and _ and the escape stand for themselves, and nothing else may follow.
func parse(v any, escape rune) ([]symbol, error) {
	text, ok := v.(string)
	if !ok {
		return nil, &compile.ArgumentError{Reason: fmt.Sprintf("a pattern must be a string, not %T", v)}
	}
	var list []symbol
	escaped := false
	for _, r := range text {
		switch {
		case escaped && r != '%' && r != '_' && r != escape:
			return nil, &compile.ArgumentError{Reason: "in a pattern, only %, _ and the escape may follow the escape"}
		case escaped:
			list, escaped = append(list, symbol{char: r}), false
		case escape != 0 && r == escape:
			escaped = true
		default:
			list = append(list, symbol{r, r == '%' || r == '_'})
		}
	}
	if escaped {
		return nil, &compile.ArgumentError{Reason: "a pattern ends with its escape"}
	}
	return list, nil
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
