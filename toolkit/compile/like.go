package compile

import (
	"fmt"
	"strings"

	"github.com/skep-go/skep/toolkit/expr"
	"github.com/skep-go/skep/toolkit/schema"
)

// likeEscape is the escape of the patterns that are made here.
const likeEscape = '/'

func (c *Compiler) likeness(n *expr.Likeness) Level {
	op := expr.OpLike
	if n.Not {
		op = expr.OpNotLike
	}
	o := c.operator(op)
	c.Within("like", -1, func() {
		c.folded(n.X, n.Fold, o.Left)
		c.Text(o.Text)
		escape := n.Escape
		value, isValue := n.Pattern.Node.(*expr.Value)
		switch {
		case n.Match == expr.MatchPattern:
			c.folded(n.Pattern, n.Fold, o.Right)
		case isValue:
			escape = likeEscape
			c.ValueAs(value, func(v any) (any, error) { return literalPattern(n.Match, v) })
		default:
			c.wildcards(n, o)
		}
		if escape != 0 && c.Require(LikeEscapes) {
			c.Text(" ESCAPE ")
			c.Literal(string(rune(escape)), schema.String)
		}
	})
	return o.Level
}

// wildcards writes the pattern of an expression that stands for itself but for the wildcards around it.
func (c *Compiler) wildcards(n *expr.Likeness, o Operator) {
	concat := c.operator(expr.OpConcat)
	if n.Match != expr.MatchPrefix {
		c.Literal("%", schema.String)
		c.Text(concat.Text)
	}
	c.Operand(n.Pattern, concat.Right)
	if n.Match != expr.MatchSuffix {
		c.Text(concat.Text)
		c.Literal("%", schema.String)
	}
	if concat.Level < o.Right {
		c.Refuse("the pattern needs parentheses that this dialect does not write")
	}
}

// folded writes a text, in lower case if upper and lower case are one.
func (c *Compiler) folded(t *expr.Term, fold bool, min Level) {
	if !fold {
		c.Operand(t, min)
		return
	}
	c.Text("lower(")
	c.Term(t)
	c.Text(")")
}

// literalPattern is the pattern that matches a text, with the wildcards that match asks for.
func literalPattern(match expr.Match, v any) (any, error) {
	text, ok := v.(string)
	if !ok {
		return nil, &ArgumentError{fmt.Sprintf("a pattern must be a string, not %T", v)}
	}
	text = likeReplacer.Replace(text)
	if match != expr.MatchPrefix {
		text = "%" + text
	}
	if match != expr.MatchSuffix {
		text += "%"
	}
	return text, nil
}

var likeReplacer = strings.NewReplacer("/", "//", "%", "/%", "_", "/_")
