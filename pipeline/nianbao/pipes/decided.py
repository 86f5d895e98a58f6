"""Where environments that were installed before nianbao_linker took its place look for it."""

from nianbao.pipes.linker import create as create
