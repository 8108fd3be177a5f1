package fail

import "testing"

func TestA(t *testing.T) {
	t.Run("sub", func(t *testing.T) { t.Error("loud") })
}

func TestB(t *testing.T) { t.Log("quiet") }
