package nocompile

import "testing"

func TestA(*testing.T) { var _ int = "loud" }
