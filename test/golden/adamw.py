"""Five steps of torch.optim.AdamW in float64 on a matrix and a vector whose gradients are counted(name): the
parameters and both moving averages after the first step and the last. Writes adamw.json beside itself.

Run: /usr/bin/python3 test/golden/adamw.py (torch 1.13).
"""
import json, pathlib
import torch
from simsiam_steps import counted

SETTINGS = dict(betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05)
RATES = [1e-3, 2e-3, 3e-3, 2e-3, 1e-3]
SHAPES = {'weight': (4, 3), 'bias': (4,)}

parameters = {n: torch.nn.Parameter(counted(n, s, 1).double()) for n, s in SHAPES.items()}
optimizer = torch.optim.AdamW(parameters.values(), **SETTINGS)
numbers = lambda t: [float(f'{v:.9g}') for v in t.detach().reshape(-1).tolist()]
steps = []
for step, rate in enumerate(RATES):
    for name, p in parameters.items():
        p.grad = counted(f'{step}.{name}', p.shape, 0.01).double()
    for group in optimizer.param_groups:
        group['lr'] = rate
    optimizer.step()
    state = {n: optimizer.state[p] for n, p in parameters.items()}
    steps.append({n: {'parameter': numbers(p), 'mean': numbers(state[n]['exp_avg']), 'square': numbers(state[n]['exp_avg_sq'])}
                  for n, p in parameters.items()})
out = {'beta1': SETTINGS['betas'][0], 'beta2': SETTINGS['betas'][1], 'epsilon': SETTINGS['eps'],
       'weightDecay': SETTINGS['weight_decay'], 'rates': RATES, 'shapes': SHAPES, 'steps': steps}
pathlib.Path(__file__).with_name('adamw.json').write_text(json.dumps(out))
